-- stats/load: the report time zone, the last month that is over in it, the present one and how many
-- Kafka partitions say what is complete.
select zone.value as timezone,
  (select to_char(max(month), 'YYYY-MM') from report.calendar where ends_at <= now()) as last_over,
  (select to_char(max(month), 'YYYY-MM') from report.calendar where starts_at <= now()) as present,
  (select count(*) from report.partitions where not retired and not heartbeats) as partitions
from report.settings zone
where zone.name = 'timezone'
