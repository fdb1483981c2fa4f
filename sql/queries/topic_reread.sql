-- Called by `db reread`: the group $1 reads the topic $2 from its beginning again, as a new incarnation
-- of it. The rows of the old one stay, for the record.
with added as (
  insert into kafka_partition (cluster, group_id, topic, incarnation, partition)
  select cluster, $1, $2, max(incarnation) + 1, 0
  from kafka_partition
  where group_id = $1 and topic = $2
  group by cluster
  returning cluster, group_id, topic, incarnation, partition
)
insert into kafka_offset (cluster, group_id, topic, incarnation, partition)
select cluster, group_id, topic, incarnation, partition from added
returning incarnation;
