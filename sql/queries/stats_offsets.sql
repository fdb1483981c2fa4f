-- stats/load: how far each consumer group has read each topic, and until when all of it (null: not known).
select topic, group_id, count(*) as partitions, sum(next_offset)::bigint as offsets,
  string_agg(partition || ':' || next_offset, ' ' order by partition) as next_offsets,
  case when count(*) = count(read_until)
    then to_char(min(read_until) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as read_until
from report.offsets
group by cluster, topic, group_id, incarnation
order by topic, group_id, cluster, incarnation
