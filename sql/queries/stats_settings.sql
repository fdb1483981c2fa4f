-- stats/load: the report time zone, the last month that is over in it, the present one and how many
-- Kafka partitions say what is complete.
select zone.value,
  (select to_char(max(month), 'YYYY-MM') from report.calendar where ends_at <= now()),
  (select to_char(max(month), 'YYYY-MM') from report.calendar where starts_at <= now()),
  (select count(*) from report.partitions where not retired and not heartbeats)
from report.settings zone
where zone.name = 'timezone'
