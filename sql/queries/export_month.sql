-- Called by export_month: where the month $1 (YYYY-MM) begins and ends, how many of its events were dropped (null: it was
-- not), and the file that they are in (null: in none).
select c.starts_at, c.ends_at, o.detections, o.file
from find_calendar() c
left join closed_month o on o.month = c.month and o.dropped_at is not null
where c.month = ($1 || '-01')::date;
