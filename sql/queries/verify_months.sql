-- Called by verify_database: the months of which anything is stored, as first day and as YYYY-MM: counts, infections,
-- detections; also those of the future, up to the last detection.
with counted as materialized (
  select month from current_count group by month
), infected as materialized (
  select month from infection group by month
), latest as materialized (
  select max(event_time) as event_time from detection
)
select month, to_char(month, 'YYYY-MM')
from (
  select month from counted
  union
  select month from infected
  union
  select month from find_stored_months() where not is_distributed()
  union
  select month from find_stored_months_on_nodes() where is_distributed()
  union
  select c.month from find_calendar() c join latest l on c.starts_at <= l.event_time where c.starts_at > now()
) stored
order by month;
