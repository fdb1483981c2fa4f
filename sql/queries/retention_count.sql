-- Called by retention_run: how many detections there are of the month $1.
select count(*)
from calendar_month c
join detection d on d.event_time >= c.starts_at and d.event_time < c.ends_at
where c.month = $1::date;
