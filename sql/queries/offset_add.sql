-- Called by offsets_take: makes the row of a partition that nobody has read yet. $1 cluster, $2 group,
-- $3 topic, $4 partition; the incarnation is the topic's newest.
insert into kafka_offset (cluster, group_id, topic, incarnation, partition)
select $1, $2, $3, coalesce(max(incarnation), 1), $4
from kafka_offset
where cluster = $1 and group_id = $2 and topic = $3
on conflict do nothing;
