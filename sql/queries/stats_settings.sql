-- stats/load: the report time zone, the last month that is over in it, the MaxMind DB's build date.
select zone.value,
  to_char(date_trunc('month', now() at time zone zone.value) - interval '1 month', 'YYYY-MM'),
  (select value from report.settings where name = 'geoip_build')
from report.settings zone
where zone.name = 'timezone'
