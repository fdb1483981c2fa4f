-- Called by dead_letters_store behind dead_letters_stage: a rejected message is kept once, however often it is read.
insert into dead_letter (source, topic, partition, "offset", element, value_hash, reason, detail, key,
  value, headers, arrived_at)
select source, topic, partition, "offset", element, value_hash, reason, detail, key, value, headers,
  arrived_at
from pg_temp.stage_letter
order by source, topic, partition, "offset", element, value_hash
on conflict do nothing;
