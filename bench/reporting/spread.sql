-- Called by filled.fill: `threat set` counts everything that is stored in slot -3, and it was folded. A database that was
-- filled through Kafka has the same sums in as many slots as the topic has partitions, and reports
-- read them all.
with taken as (
  insert into kafka_offset (cluster, group_id, topic, partition, next_offset)
  select 'bench', 'kansen', 'detections', partition, %(rows)s / %(partitions)s
  from generate_series(0, %(partitions)s - 1) partition
  returning slot
), numbered as (
  select slot, row_number() over (order by slot) as number from taken
), whole as (
  delete from infection_count where slot = -3
  returning month, threat_id, dimension, value, infections, detections
)
insert into infection_count (month, threat_id, dimension, value, slot, infections, detections)
select month, threat_id, dimension, value, slot,
  infections / %(partitions)s + (number <= infections %% %(partitions)s)::integer,
  detections / %(partitions)s + (number <= detections %% %(partitions)s)::integer
from whole
cross join numbered
