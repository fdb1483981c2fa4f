-- Called by export_month: where the month $1 (YYYY-MM) begins and ends, how many of its events are stored, how many
-- were dropped (null: it was not), and the file that they are in (null: in none).
select c.starts_at, c.ends_at,
  (select count(*) from detection d where d.event_time >= c.starts_at and d.event_time < c.ends_at),
  o.detections, o.file
from calendar_month c
left join closed_month o on o.month = c.month and o.dropped_at is not null
where c.month = ($1 || '-01')::date;
