-- stats/load: infections of threat $1 by country, summed over the months $2 to $3 (YYYY-MM).
select country, sum(infections)::bigint
from report.country_infections
where threat = $1
  and month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
group by country
