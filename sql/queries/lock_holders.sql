-- Called by lock_wait on a connection of its own: who keeps the backend $1 waiting. State and time of other
-- roles' sessions are shown to members of pg_read_all_stats alone; pid 0 is a prepared transaction.
select holder.pid, coalesce(a.application_name, ''), coalesce(a.usename, ''),
  case when holder.pid = 0 then 'prepared transaction'
    else coalesce(a.state, 'of a role that you may not see') end,
  coalesce(to_char(a.query_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
from unnest(pg_blocking_pids($1::integer)) as holder (pid)
left join pg_stat_activity a on a.pid = holder.pid
group by 1, 2, 3, 4, 5
order by 1;
