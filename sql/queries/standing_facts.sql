-- standing_load: one row of what there is one of. Ages are in seconds.
select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
  current_database() as database, split_part(current_setting('server_version'), ' ', 1) as server,
  (select version from report.schema_version) as version,
  (select value from report.settings where name = 'timezone') as timezone,
  pg_database_size(current_database()) as bytes,
  pg_is_in_recovery() as standby,
  (select to_char(month, 'YYYY-MM') from report.calendar where starts_at <= now() and now() < ends_at) as month,
  g.value as geoip_build,
  extract(epoch from now() - to_timestamp(g.value, 'YYYY-MM-DD'))::bigint as geoip_age
from (select) nothing
left join report.settings g on g.name = 'geoip_build'
