-- Called by `db reread` and `db retire`: the workers of group $1 (null: of any) that read topic $2 at this
-- moment, by the connections that took its partitions. When a connection began is hidden from other roles, its number is not.
select distinct k.owner, a.pid
from kafka_offset k
join pg_stat_activity a on a.pid = k.backend_pid and a.datname = current_database()
  and coalesce(a.backend_start, k.backend_start) = k.backend_start
where ($1::text is null or k.group_id = $1) and k.topic = $2 and a.pid <> pg_backend_pid()
order by k.owner;
