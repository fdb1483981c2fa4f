-- Called by offsets_take: a group that reads the topic $3 of the cluster $1 as something else than heartbeats ($4:
-- true) or detections (false). Others than our own group $2 don't count once they are retired.
select k.group_id
from kafka_offset k
where k.cluster = $1 and k.topic = $3 and k.heartbeats <> $4::boolean and k.epoch > 0
  and (k.retired_at is null or k.group_id = $2)
  and k.incarnation = (select max(n.incarnation) from kafka_offset n
    where (n.cluster, n.group_id, n.topic) = (k.cluster, k.group_id, k.topic))
order by k.group_id <> $2, k.group_id
limit 1;
