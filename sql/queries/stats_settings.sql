-- stats/load: the report time zone, the last month that is over in it.
select zone.value,
  (select to_char(max(month), 'YYYY-MM') from report.calendar where ends_at <= now())
from report.settings zone
where zone.name = 'timezone'
