-- stats/load: months from $1 to $2 (YYYY-MM) whose machines were dropped: they can't be told from each other.
select to_char(month, 'YYYY-MM') as month
from report.dropped_months
where infections_dropped_at is not null
  and month between to_date($1, 'YYYY-MM') and to_date($2, 'YYYY-MM')
order by month
limit 1
