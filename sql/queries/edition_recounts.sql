-- Called by editions/publish: months from $2 to $3 of threat $1 that are not yet counted by all dimensions.
select to_char(month, 'YYYY-MM')
from report.dimension_recounts
where threat = $1 and month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
order by month
