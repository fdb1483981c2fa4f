-- Called by sweep_removed: the months from the first to the last in which anything is stored in infection.
with stored as materialized (
  select min(month) as first, max(month) as last from infection
)
select c.month
from stored s
join calendar_month c on c.month between s.first and s.last
order by c.month;
