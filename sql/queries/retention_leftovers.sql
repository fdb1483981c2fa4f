-- Called by retention_run: what a load has brought back of months older than $1 months that stay dropped, because
-- not all of it came.
select kansen.drop_leftovers(((select max(n.month) from find_calendar() n where n.starts_at <= now())
  - make_interval(months => $1::integer))::date);
