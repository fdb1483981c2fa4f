-- stats/overview: the last month (YYYY-MM) that is complete; no row when none is.
select to_char(month, 'YYYY-MM')
from report.completeness
where state = 'complete'
order by month desc
limit 1
