-- Called by partitions_maintain: who holds what the default partition of the table $1 is wanted for: pid, name of the
-- application, and since when. State and time of other roles' sessions are shown to members of pg_read_all_stats
-- alone.
select a.pid, coalesce(a.application_name, ''),
  coalesce(to_char(a.xact_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'an unknown time')
from pg_locks l
join pg_stat_activity a using (pid)
where l.granted and l.pid <> pg_backend_pid() and l.database = (select oid from pg_database where datname = current_database())
  and l.relation = any (array[to_regclass('kansen.' || $1), to_regclass('kansen.' || $1 || '_default')]::oid[])
order by a.xact_start, a.pid
limit 1;
