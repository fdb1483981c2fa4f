-- What `kansen stats bitcoin-miner --from 2013-09 --to 2013-11` prints, as one asks for it where there
-- is only a table of detections.
select to_char(date_trunc('month', event_time at time zone 'UTC'), 'YYYY-MM') as month, country,
  count(distinct device_id) as infections, count(*) as detections
from detection
join malware_name using (name_id)
where event_time >= '2013-09-01 00:00Z' and event_time < '2013-12-01 00:00Z'
  and (name like 'BKDR\_BTMINE%' or name like 'TROJ\_COINMINE%' or name like 'HKTL\_BITCOINMINE%')
group by date_trunc('month', event_time at time zone 'UTC'), country;
