-- Called by offsets_have_reached: how many partitions of the topic ($3) are stored up to the offsets in
-- $4, which stand in order of partition.
select count(*)
from unnest($4::bigint[]) with ordinality as e (offset_wanted, ordinal)
join kafka_offset k on k.partition = e.ordinal - 1
where k.cluster = $1 and k.group_id = $2 and k.topic = $3
  and k.incarnation = (select max(incarnation) from kafka_offset
    where cluster = $1 and group_id = $2 and topic = $3)
  and k.next_offset >= e.offset_wanted;
