-- Called by offsets_retake on a new connection: which of the partitions (slots $1) are still ours (epochs $2), and
-- how far are they stored? Ours again under a new epoch; no row: it is not ours. Gives the place in $1 of each.
update kafka_offset k
set epoch = k.epoch + 1, backend_pid = pg_backend_pid(),
  backend_start = (select backend_start from pg_stat_activity where pid = pg_backend_pid()),
  updated_at = now()
from unnest($1::integer[], $2::bigint[]) with ordinality as n (slot, epoch, ordinal)
where k.slot = n.slot and k.epoch = n.epoch
returning n.ordinal - 1, k.epoch, k.next_offset;
