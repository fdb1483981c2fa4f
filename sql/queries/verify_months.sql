-- Called by verify_database: the months of which anything is stored, as first day and as YYYY-MM.
select month, to_char(month, 'YYYY-MM')
from calendar_month
where month in (select month from current_count)
  or month in (select month from infection)
  or exists (select from detection d where d.event_time >= starts_at and d.event_time < ends_at)
order by month;
