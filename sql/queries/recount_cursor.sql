-- Called by recount_stored for each month: the earliest detection of each device, of the names $1 from $2
-- to before $3, in the order of infection's key. os_id is -1 in what was stored before there was one.
declare recount no scroll cursor for
select distinct on (device_id)
  device_id, event_id, country, (extract(epoch from event_time) * 1000000)::bigint, name_id, product_id,
  nullif(os_id, -1), segment_id
from detection
where name_id = any ($1::integer[]) and event_time >= $2::timestamptz and event_time < $3::timestamptz
order by device_id, event_time, event_id;
