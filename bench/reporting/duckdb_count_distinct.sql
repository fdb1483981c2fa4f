-- count_distinct.sql in DuckDB, where names are compressed by dictionary and need no table of theirs.
select strftime(date_trunc('month', event_time), '%Y-%m') as month, country,
  count(distinct device_id) as infections, count(*) as detections
from detection
where event_time >= '2013-09-01' and event_time < '2013-12-01'
  and (malware_name like 'BKDR#_BTMINE%' escape '#' or malware_name like 'TROJ#_COINMINE%' escape '#'
    or malware_name like 'HKTL#_BITCOINMINE%' escape '#')
group by date_trunc('month', event_time), country;
