-- Called by offsets_take when the row stays locked: ends the connection of the owner that holds it (a
-- stopped process never ends it itself). Only the very backend that took the row is meant.
select pg_terminate_backend(a.pid)
from kafka_offset k
join pg_stat_activity a on a.pid = k.backend_pid and a.backend_start = k.backend_start
where k.cluster = $1 and k.group_id = $2 and k.topic = $3 and k.partition = $4
  and a.pid <> pg_backend_pid();
