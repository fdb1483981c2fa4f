-- Called by recount_threat for each month: the detections of the names $1 between $2 and $3, in
-- portions.
declare recount no scroll cursor for
select device_id, event_id, country, (extract(epoch from event_time) * 1000000)::bigint
from detection
where name_id = any ($1::integer[]) and event_time >= $2::timestamptz and event_time < $3::timestamptz;
