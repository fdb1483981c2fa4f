-- stats/completeness_load: what can be said of each month up to $1 (YYYY-MM) of which anything is known; and
-- the first such month, whatever the window.
with each as materialized (select month, state from report.completeness where state <> 'no-data')
select to_char(month, 'YYYY-MM') as month, state
from each
where month <= to_date($1, 'YYYY-MM') or month = (select min(month) from each)
order by month
