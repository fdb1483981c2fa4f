-- Called by recount_threat: the months of which detections are stored, as days since 1970.
select month - date '1970-01-01', starts_at, ends_at, to_char(month, 'YYYY-MM')
from calendar_month
where exists (select from detection d where d.event_time >= starts_at and d.event_time < ends_at)
order by month;
