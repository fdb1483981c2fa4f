-- stats/load: the months $1 to $2 (YYYY-MM) and what can be said of each; and the first one of which anything
-- is stored, whatever the window.
with each as materialized (select month, state from report.completeness)
select to_char(month, 'YYYY-MM'), state
from each
where month between to_date($1, 'YYYY-MM') and to_date($2, 'YYYY-MM')
  or month = (select min(month) from each where state <> 'no-data')
order by month
