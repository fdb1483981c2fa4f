-- stats/dimension_load: months of threat $1 up to $2 (YYYY-MM) that are not yet counted by anything but country.
select to_char(month, 'YYYY-MM') as month
from report.dimension_recounts
where threat = $1 and month <= to_date($2, 'YYYY-MM')
order by month
