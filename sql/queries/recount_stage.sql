-- Called by recount_stored for each month: the earliest detection of each device, of the names $1 from $2 to
-- before $3, is staged. os_id is -1 in what was stored before there was one.
insert into recount_stage (device_id, first_seen, first_event_id, country, name_id, product_id, os_id, segment_id)
select distinct on (device_id)
  device_id, event_time, event_id, country, name_id, product_id, nullif(os_id, -1), segment_id
from detection
where name_id = any ($1::integer[]) and event_time >= $2::timestamptz and event_time < $3::timestamptz
order by device_id, event_time, event_id;
