-- Called by offsets_take: makes the row of a partition that nobody has read yet. $1 cluster, $2 group,
-- $3 topic, $4 partition; the incarnation is the topic's newest. A row that is there is not even
-- tried: `on conflict` would wait for whoever is changing it, and that may be a frozen worker.
insert into kafka_offset (cluster, group_id, topic, incarnation, partition)
select $1, $2, $3, newest.incarnation, $4::integer
from (
  select coalesce(max(incarnation), 1) as incarnation
  from kafka_offset
  where cluster = $1 and group_id = $2 and topic = $3
) newest
where not exists (select from kafka_offset k
  where k.cluster = $1 and k.group_id = $2 and k.topic = $3 and k.incarnation = newest.incarnation
    and k.partition = $4)
on conflict do nothing;
