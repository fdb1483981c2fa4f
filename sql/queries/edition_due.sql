-- editions/due: the last month that is over, and the window of $1 months that ends with it, without those in front of
-- the first event: its first month (null: nothing is stored of the last one), and whether all of it is complete.
with last as (
  select max(month) as month from report.calendar where ends_at <= now()
), each as materialized (
  select c.month, c.state
  from report.completeness c
  cross join last
  where c.month > last.month - make_interval(months => $1::integer) and c.month <= last.month
), first as (
  select min(month) as month from each where state <> 'no-data'
)
select to_char(last.month, 'YYYY-MM') as last,
  case when exists (select from each where each.month = last.month and each.state <> 'no-data')
    then to_char(first.month, 'YYYY-MM') end as first,
  coalesce((select bool_and(each.state = 'complete') from each where each.month >= first.month), false) as complete
from last
cross join first
