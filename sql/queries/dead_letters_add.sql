-- Called by dead_letters_store behind dead_letters_stage: a rejected message is kept once, however often it is read.
-- One that was read as something else before (a topic of detections as heartbeats, by mistake) is what it is read as
-- now.
insert into dead_letter (source, topic, partition, "offset", element, value_hash, reason, detail, key,
  value, headers, arrived_at, heartbeat)
select distinct on (source, topic, partition, "offset", element, value_hash)
  source, topic, partition, "offset", element, value_hash, reason, detail, key, value, headers,
  arrived_at, heartbeat
from pg_temp.stage_letter
order by source, topic, partition, "offset", element, value_hash
on conflict (source, topic, partition, "offset", element, value_hash) do update
set heartbeat = excluded.heartbeat, reason = excluded.reason, detail = excluded.detail
where dead_letter.heartbeat <> excluded.heartbeat;
