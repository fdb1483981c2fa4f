-- Called by retention_run: what a load has brought back of months older than $1 months that stay dropped, because
-- not all of it came.
delete from detection d
using closed_month o
join calendar_month c using (month)
where o.dropped_at is not null
  and o.month < (select max(n.month) from calendar_month n where n.starts_at <= now()) - make_interval(months => $1::integer)
  and d.event_time >= c.starts_at and d.event_time < c.ends_at;
