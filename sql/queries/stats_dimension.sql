-- stats/dimension_load: infections and detections of threat $1 by value of dimension $2, summed over the months
-- $3 to $4 (YYYY-MM, as all that follow); infections in the month $5, the one before it $6, the months $7 to $8
-- and $9 to $10 (null: none); the first month with an infection, and each of $3 to $4 as "2013-09 5867". Values
-- that have nothing since month $11 are left out.
select value,
  sum(infections) filter (where month between to_date($3, 'YYYY-MM') and to_date($4, 'YYYY-MM'))::bigint as infections,
  sum(detections) filter (where month between to_date($3, 'YYYY-MM') and to_date($4, 'YYYY-MM'))::bigint as detections,
  sum(infections) filter (where month = to_date($5, 'YYYY-MM'))::bigint as last_month,
  sum(infections) filter (where month = to_date($6, 'YYYY-MM'))::bigint as month_before,
  sum(infections)
    filter (where month between to_date($7, 'YYYY-MM') and to_date($8, 'YYYY-MM'))::bigint as window_before,
  sum(infections)
    filter (where month between to_date($9, 'YYYY-MM') and to_date($10, 'YYYY-MM'))::bigint as year_before,
  to_char(min(month) filter (where infections > 0), 'YYYY-MM') as first_month,
  string_agg(to_char(month, 'YYYY-MM') || ' ' || infections, ' ' order by month)
    filter (where month between to_date($3, 'YYYY-MM') and to_date($4, 'YYYY-MM')) as months
from report.dimension_infections
where threat = $1 and dimension = $2 and month <= to_date($4, 'YYYY-MM')
group by value
having max(month) >= to_date($11, 'YYYY-MM')
