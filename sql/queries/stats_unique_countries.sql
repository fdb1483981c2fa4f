-- stats/load: devices infected by threat $1 at least once in the months $2 to $3 (YYYY-MM), by the
-- country of their earliest detection in them. Months don't overlap, so that is the country of the
-- device's first month; within a month, ingest keeps the earliest (ties: the smallest event_id).
select country, count(*)
from (
  select distinct on (device_id) device_id, country
  from report.infections
  where threat = $1
    and month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
  order by device_id, month
) first_infection
group by country
