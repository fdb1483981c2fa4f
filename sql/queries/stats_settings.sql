-- stats/load: the report time zone, the last month that is over in it, the MaxMind DB's build date.
select zone.value,
  (select to_char(max(month), 'YYYY-MM') from report.calendar where ends_at <= now()),
  (select value from report.settings where name = 'geoip_build')
from report.settings zone
where zone.name = 'timezone'
