-- Called by `db relocate` for each chunk: the place of the detection that is $5 behind the place $1, $2, $3 in
-- the order of detection's key, and its time in seconds since 1970; none when the month, which ends at $4,
-- has no such detection.
select event_time, device_id, event_id, extract(epoch from event_time)::bigint
from detection
where event_time >= $1::timestamptz and event_time < $4::timestamptz
  and (event_time, device_id, event_id) > ($1::timestamptz, $2::uuid, $3::uuid)
order by event_time, device_id, event_id
offset $5::integer - 1
limit 1;
