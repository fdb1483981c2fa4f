-- stats/rates: the active machines of the months $1 to $2 (YYYY-MM), and what can be said of each.
select to_char(c.month, 'YYYY-MM') as month, c.state, coalesce(a.devices, 0) as devices
from report.active_completeness c
left join (
  select month, sum(devices)::bigint as devices
  from report.active_devices
  where dimension = 'country' and month between to_date($1, 'YYYY-MM') and to_date($2, 'YYYY-MM')
  group by month
) a using (month)
where c.month between to_date($1, 'YYYY-MM') and to_date($2, 'YYYY-MM') and c.state <> 'no-data'
order by c.month
