-- stats/rates: the active machines of the months $2 to $3 (YYYY-MM) by value of dimension $1.
select value, to_char(month, 'YYYY-MM') as month, devices
from report.active_devices
where dimension = $1 and month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
order by value, month
