-- Called by offsets_take in front of offsets_take.sql, in its transaction, when a row was locked: waits until the former
-- owner's transaction is over, and then keeps the row. $1 cluster, $2 group, $3 topic, $4 partition.
select from kafka_offset
where cluster = $1 and group_id = $2 and topic = $3 and partition = $4
  and incarnation = (select max(incarnation) from kafka_offset
    where cluster = $1 and group_id = $2 and topic = $3)
for no key update;
