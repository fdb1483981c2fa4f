-- Called by offsets_take: makes the row of a partition ours. Waits for the former owner's transaction;
-- whatever that one still sends afterwards finds its epoch gone. $5 is whether heartbeats are read from it,
-- $6 the owner's name, $7 where a row starts that was never taken (epoch 0).
update kafka_offset
set epoch = epoch + 1, next_offset = case epoch when 0 then $7 else next_offset end,
  heartbeats = case epoch when 0 then $5 else heartbeats end,
  retired_at = null, owner = $6, backend_pid = pg_backend_pid(),
  backend_start = (select backend_start from pg_stat_activity where pid = pg_backend_pid()),
  updated_at = now()
where cluster = $1 and group_id = $2 and topic = $3 and partition = $4
  and incarnation = (select max(incarnation) from kafka_offset
    where cluster = $1 and group_id = $2 and topic = $3)
returning slot, epoch, next_offset, coalesce(last_offset, -1), coalesce(encode(fingerprint, 'hex'), ''),
  case when tried_offset = next_offset then tries else 0 end,
  coalesce((extract(epoch from now() - tried_at) * 1000)::bigint, 0);
