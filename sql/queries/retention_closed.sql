-- Called by retention_open_closed: months that are closed and of which nothing was dropped: first day, YYYY-MM.
select month, to_char(month, 'YYYY-MM')
from closed_month
where dropped_at is null and infections_dropped_at is null
order by month;
