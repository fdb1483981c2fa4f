-- Called by offsets_retake on a new connection: is the partition (slot $1) still ours (epoch $2), and
-- how far is it stored? Ours again under a new epoch; no row: it is not ours.
update kafka_offset
set epoch = epoch + 1, backend_pid = pg_backend_pid(),
  backend_start = (select backend_start from pg_stat_activity where pid = pg_backend_pid()),
  updated_at = now()
where slot = $1 and epoch = $2
returning epoch, next_offset;
