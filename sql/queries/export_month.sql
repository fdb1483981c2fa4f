-- Called by export_month: where the month $1 (YYYY-MM) begins and ends, and how many of its events are stored.
select c.starts_at, c.ends_at,
  (select count(*) from detection d where d.event_time >= c.starts_at and d.event_time < c.ends_at)
from calendar_month c
where c.month = ($1 || '-01')::date;
