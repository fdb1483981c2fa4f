-- Called by offsets_take: makes the rows of partitions ($4) that nobody has read yet. $1 cluster, $2 group,
-- $3 topic, $5 whether heartbeats are read from it; the incarnation is the topic's newest. Rows of kafka_partition never
-- change, so this waits for no worker that has one.
with newest as (
  select coalesce(max(incarnation), 1) as incarnation
  from kafka_partition
  where cluster = $1 and group_id = $2 and topic = $3
),
added as (
  insert into kafka_partition (cluster, group_id, topic, incarnation, partition)
  select $1, $2, $3, n.incarnation, p.partition
  from newest n, unnest($4::integer[]) as p (partition)
  order by p.partition
  on conflict do nothing
  returning cluster, group_id, topic, incarnation, partition
)
insert into kafka_offset (cluster, group_id, topic, incarnation, partition, heartbeats)
select cluster, group_id, topic, incarnation, partition, $5::boolean from added;
