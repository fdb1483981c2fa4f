-- Called by `db status`: the state of the database, a line each.
select line from (
  select 1 as part, '' as sort, format('version     %s', max(version)) as line from migration
  union all
  select 2, '', format('time zone   %s', value) from setting where name = 'timezone'
  union all
  select 3, '', format('partitions  %s to %s, %s row%s of detection in the default partition',
    min(to_char(c.month, 'YYYY-MM')), max(to_char(c.month, 'YYYY-MM')),
    (select count(*) from detection_default),
    (select case when count(*) = 1 then '' else 's' end from detection_default))
  from calendar_month c
  where to_regclass('kansen.detection_' || to_char(c.month, 'YYYY_MM')) is not null
  union all
  select 4, name, format('threat      %s (%s)', name, state) from threat
  union all
  select 5, topic || lpad(partition::text, 6, '0'),
    format('offset      %s [%s] of group %s: next %s, stored %s by %s', topic, partition, group_id,
      next_offset, to_char(updated_at, 'YYYY-MM-DD HH24:MI:SS"Z"'), owner)
  from kafka_offset k
  where incarnation = (select max(incarnation) from kafka_offset n
    where (n.cluster, n.group_id, n.topic) = (k.cluster, k.group_id, k.topic))
  union all
  select 6, reason, format('rejected    %s %s', count(*), reason) from dead_letter
  where replayed_at is null
  group by reason
) lines
order by part, sort, line;
