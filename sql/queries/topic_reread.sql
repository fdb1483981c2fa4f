-- Called by `db reread`: the group $1 reads the topic $2 from its beginning again, as a new incarnation
-- of it. The rows of the old one stay, for the record. Whoever takes the new one first says whether it is of
-- heartbeats; until then it is of what it was.
with added as (
  insert into kafka_partition (cluster, group_id, topic, incarnation, partition)
  select cluster, $1, $2, max(incarnation) + 1, 0
  from kafka_partition
  where group_id = $1 and topic = $2
  group by cluster
  returning cluster, group_id, topic, incarnation, partition
)
insert into kafka_offset (cluster, group_id, topic, incarnation, partition, heartbeats)
select a.cluster, a.group_id, a.topic, a.incarnation, a.partition, (
    select bool_or(k.heartbeats) from kafka_offset k
    where (k.cluster, k.group_id, k.topic, k.incarnation) = (a.cluster, a.group_id, a.topic, a.incarnation - 1))
from added a
returning incarnation;
