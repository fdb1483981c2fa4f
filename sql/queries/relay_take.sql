-- Called by relay_letters behind relay_add: the number of the relay to cluster $1 and topic $2; whether
-- nobody else is relaying there (kept as long as the connection); whether workers read that topic.
select relay_id::text, pg_try_advisory_lock(hashtext('kansen relay'), relay_id),
  exists (select from kafka_offset k where k.cluster = r.cluster and k.topic = r.topic)
from relay r
where cluster = $1 and topic = $2;
