-- The same with each device grouped first, by which PostgreSQL need not sort and may use two cores.
select to_char(month, 'YYYY-MM') as month, country, count(*) as infections,
  sum(detections)::bigint as detections
from (
  select date_trunc('month', event_time at time zone 'UTC') as month, country, device_id,
    count(*) as detections
  from detection
  join malware_name using (name_id)
  where event_time >= '2013-09-01 00:00Z' and event_time < '2013-12-01 00:00Z'
    and (name like 'BKDR\_BTMINE%' or name like 'TROJ\_COINMINE%' or name like 'HKTL\_BITCOINMINE%')
  group by 1, 2, 3
) infection
group by 1, 2;
