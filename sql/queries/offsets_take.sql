-- Called by offsets_take: makes the rows of partitions ($4, each once) ours that nobody has locked; waits for none.
-- Whatever a former owner still sends afterwards finds its epoch gone. $1 to $3 are cluster, group and topic, $5 is whether
-- heartbeats are read from them, $6 the owner's name, $7 where each row starts that was never taken (epoch 0). Gives the place
-- in $4 of each that is ours now.
with free as materialized (
  select k.slot, n.ordinal, n.first_offset
  from unnest($4::integer[], $7::bigint[]) with ordinality as n (partition, first_offset, ordinal)
  join kafka_offset k on k.partition = n.partition
  where k.cluster = $1 and k.group_id = $2 and k.topic = $3
    and k.incarnation = (select max(incarnation) from kafka_offset
      where cluster = $1 and group_id = $2 and topic = $3)
  for no key update of k skip locked
)
update kafka_offset k
set epoch = epoch + 1, next_offset = case epoch when 0 then f.first_offset else next_offset end,
  heartbeats = case epoch when 0 then $5 else heartbeats end,
  retired_at = null, owner = $6, backend_pid = pg_backend_pid(),
  backend_start = (select backend_start from pg_stat_activity where pid = pg_backend_pid()),
  updated_at = now()
from free f
where k.slot = f.slot
returning f.ordinal - 1, k.slot, epoch, next_offset, coalesce(last_offset, -1), coalesce(encode(fingerprint, 'hex'), ''),
  case when tried_offset = next_offset then tries else 0 end,
  coalesce((extract(epoch from now() - tried_at) * 1000)::bigint, 0);
