-- stats/load: counts of threat $1 by month, up to month $2 (YYYY-MM).
select to_char(month, 'YYYY-MM') as month, infections, detections
from report.monthly_infections
where threat = $1 and month <= to_date($2, 'YYYY-MM')
order by month
