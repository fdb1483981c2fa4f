-- stats/rates: how many of the machines that threat $1 infected in the months $2 to $3 (YYYY-MM) were active in the
-- same month; -1: nobody knows any more, since its machines were dropped. Reads the infections, as a count of
-- different machines does.
select to_char(i.month, 'YYYY-MM') as month, count(*) as covered
from report.infections i
join report.active_machines a using (month, device_id)
where i.threat = $1
  and i.month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
group by i.month
union all
select to_char(d.month, 'YYYY-MM'), -1
from report.dropped_months d
where d.infections_dropped_at is not null
  and d.month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
order by month
