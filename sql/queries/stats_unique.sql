-- stats/dimension_load: devices infected by threat $1 at least once in the months $2 to $3 (YYYY-MM), by the
-- dimension $4 of their earliest detection in them. Months don't overlap, so that is the value of the device's
-- first month; within a month, ingest keeps the earliest (ties: the smallest event_id).
select coalesce(case when btrim(value) <> '' then value end, '') as value, count(*) as infections
from (
  select distinct on (device_id) device_id,
    case $4 when 'country' then country when 'name' then malware_name when 'product' then product
      when 'version' then version when 'os' then os when 'segment' then segment end as value
  from report.infections
  where threat = $1
    and month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
  order by device_id, month
) first_infection
group by 1
