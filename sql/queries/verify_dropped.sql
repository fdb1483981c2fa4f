-- Called by verify_database: which halves of the month $1 can't be recounted any more: whether its detections were
-- dropped, and its machines.
select (dropped_at is not null)::integer, (infections_dropped_at is not null)::integer
from closed_month
where month = $1::date;
