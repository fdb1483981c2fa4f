-- stats/load: counts of threat $1 by month, from month $2 to month $3 (YYYY-MM).
select to_char(month, 'YYYY-MM'), infections, detections
from report.monthly_infections
where threat = $1
  and month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
order by month
