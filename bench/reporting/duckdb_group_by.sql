-- group_by.sql in DuckDB.
select strftime(month, '%Y-%m') as month, country, count(*) as infections,
  sum(detections)::bigint as detections
from (
  select date_trunc('month', event_time) as month, country, device_id, count(*) as detections
  from detection
  where event_time >= '2013-09-01' and event_time < '2013-12-01'
    and (malware_name like 'BKDR#_BTMINE%' escape '#' or malware_name like 'TROJ#_COINMINE%' escape '#'
      or malware_name like 'HKTL#_BITCOINMINE%' escape '#')
  group by 1, 2, 3
) infection
group by 1, 2;
