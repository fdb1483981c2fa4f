-- stats/load: the Kafka partitions that have not been read beyond the end of month $1 (YYYY-MM), in order of
-- how far they were read: until when, in the report time zone $2 and in UTC, and how many whole days that is
-- too little (null: not known).
select p.cluster, p.topic, p.partition,
  to_char(p.read_until at time zone $2, 'YYYY-MM-DD HH24:MI') as read_until,
  to_char(p.read_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as read_until_utc,
  floor(extract(epoch from c.ends_at - p.read_until) / 86400)::bigint as days_short
from report.partitions p
join report.calendar c on c.month = to_date($1, 'YYYY-MM')
where not p.retired and not p.heartbeats and (p.read_until < c.ends_at) is not false
order by p.read_until nulls first, p.cluster, p.topic, p.partition
