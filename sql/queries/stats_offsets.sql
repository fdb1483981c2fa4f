-- stats/load: how far each consumer group has read each topic.
select topic, group_id, count(*), sum(next_offset)::bigint,
  string_agg(partition || ':' || next_offset, ' ' order by partition)
from report.offsets
group by cluster, topic, group_id, incarnation
order by topic, group_id, cluster, incarnation
