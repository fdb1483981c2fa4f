-- Called by verify_database: when the month $1 and the next begin, and which halves of it can't be recounted any more:
-- whether its detections were dropped, and its machines.
select c.starts_at, c.ends_at, o.dropped_at is not null, o.infections_dropped_at is not null
from calendar_month c
left join closed_month o using (month)
where c.month = $1::date;
