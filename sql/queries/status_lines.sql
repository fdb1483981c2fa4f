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
  from find_calendar() c
  where to_regclass('kansen.detection_' || to_char(c.month, 'YYYY_MM')) is not null
  union all
  select 4, '', format('calendar    by today''s rules of the time zone %s month%s start or end elsewhere,'
    ' and the table decides: %s%s', count(*), case when count(*) = 1 then '' else 's' end,
    string_agg(to_char(month, 'YYYY-MM'), ' ' order by month) filter (where number <= 12),
    case when count(*) > 12 then ' …' else '' end)
  from (
    select c.month, row_number() over (order by c.month) as number
    from find_calendar() c
    join setting z on z.name = 'timezone'
    where (c.starts_at, c.ends_at) is distinct from (
      (c.month - interval '1 microsecond') at time zone z.value + interval '1 microsecond',
      (c.month + interval '1 month' - interval '1 microsecond') at time zone z.value
        + interval '1 microsecond')
  ) moved
  having count(*) > 0
  union all
  select 5, to_char(c.month, 'YYYY-MM'), format('calendar    the partition %s is %s, and the month from %s to %s',
    p.oid::regclass, lower(pg_get_expr(p.relpartbound, p.oid)), c.starts_at, c.ends_at)
  from find_calendar() c
  join pg_class p on p.oid = to_regclass('kansen.detection_' || to_char(c.month, 'YYYY_MM'))
  where pg_get_expr(p.relpartbound, p.oid)
    is distinct from format('FOR VALUES FROM (%L) TO (%L)', c.starts_at, c.ends_at)
    and not exists (select from growing_partition g where g.month = c.month)
  union all
  select 5, to_char(month, 'YYYY-MM'), format('partitions  %s has left the default partition up to %s;'
    ' `kansen db maintain` goes on', to_char(month, 'YYYY-MM'), grown_to)
  from growing_partition
  union all
  select 5, '~' || to_char(month, 'YYYY-MM'), case
    when dropped_at is null and infections_dropped_at is null then format('dropped     %s is closed but not dropped:'
      ' `kansen db maintain` opens it', to_char(month, 'YYYY-MM'))
    else format('dropped     %s: %s detections%s%s', to_char(month, 'YYYY-MM'), coalesce(detections, 0),
      ', which are in ' || file, case when infections_dropped_at is not null then ', and its machines' end) end
  from closed_month
  union all
  select 6, name, format('threat      %s (%s)', name, state) from threat
  union all
  select 6, name || ' ', format('recount     %s: %s month%s (%s to %s) still to be counted by name, product, version,'
    ' os and segment; `kansen db migrate` goes on', name, count(*), case when count(*) = 1 then '' else 's' end,
    to_char(min(month), 'YYYY-MM'), to_char(max(month), 'YYYY-MM'))
  from dimension_recount
  join threat using (threat_id)
  group by name
  union all
  select 7, topic || lpad(partition::text, 6, '0'),
    format('offset      %s [%s] of group %s: next %s, stored %s by %s%s%s', topic, partition, group_id,
      next_offset, to_char(updated_at, 'YYYY-MM-DD HH24:MI:SS"Z"'), owner,
      ', read until ' || to_char(read_until, 'YYYY-MM-DD HH24:MI:SS"Z"'),
      case when heartbeats then ', heartbeats' else '' end || case when retired_at is not null then ', retired' else '' end)
  from kafka_offset k
  where incarnation = (select max(incarnation) from kafka_offset n
    where (n.cluster, n.group_id, n.topic) = (k.cluster, k.group_id, k.topic))
  union all
  select 8, reason, format('rejected    %s %s', count(*), reason) from dead_letter
  where replayed_at is null
  group by reason
) lines
order by part, sort, line;
