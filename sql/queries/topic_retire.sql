-- Called by `db retire`: nothing comes from topic $2 any more, as group $1 (null: any) reads it. A worker that
-- takes a partition, or stores something of it, takes that back.
update kafka_offset
set retired_at = coalesce(retired_at, now())
where ($1::text is null or group_id = $1) and topic = $2
returning slot;
