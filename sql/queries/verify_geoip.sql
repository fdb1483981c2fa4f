-- Called by verify_database: in what the countries of month $1, from $2 to before $3, were looked up, and reports don't say. Those
-- that a version stored which did not note it are left out: its workers may have gone on since the migration.
select format('look-ups %s: %s detections %s, which reports of the month don''t say',
  to_char($1::date, 'YYYY-MM'), d.detections,
  case when d.geoip_id = -1 then 'were not looked up'
    else 'were looked up in the MaxMind DB ' || d.geoip_id
      || coalesce(' of ' || to_char(g.built_at at time zone 'UTC', 'YYYY-MM-DD'), ', which is not known') end)
from (
  select geoip_id, count(*) as detections
  from detection
  where event_time >= $2::timestamptz and event_time < $3::timestamptz and geoip_id <> 0
  group by geoip_id
) d
left join geoip_use u on u.month = $1 and u.geoip_id = d.geoip_id
left join geoip_database g on g.geoip_id = d.geoip_id
where u.geoip_id is null or (g.geoip_id is null and d.geoip_id <> -1)
order by d.geoip_id;
