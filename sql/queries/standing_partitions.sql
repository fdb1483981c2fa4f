-- standing_load: the partitions of the newest topic of each name, with the worker that reads each at this
-- moment, by the connection that took it. When a connection began is hidden from other roles, its number is
-- not. Behind: offsets, when the end was last heard of. Ages are in seconds.
select o.cluster, o.group_id, o.topic, o.heartbeats, o.retired_at is not null as retired, o.partition,
  case when a.pid is not null then o.worker end as worker, o.next_offset, o.end_offset,
  case when o.end_offset is not null then greatest(o.end_offset - o.next_offset, 0) end as behind,
  to_char(o.end_known_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as end_known,
  to_char(o.read_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as read_until,
  case when o.read_until is not null then greatest(extract(epoch from now() - o.read_until), 0)::bigint end as lag,
  to_char(o.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as stored,
  greatest(extract(epoch from now() - o.updated_at), 0)::bigint as stored_age,
  to_char(o.newest_event at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as newest_event, o.tries
from report.offsets o
left join pg_stat_activity a on a.pid = o.connection and a.datname = current_database()
  and coalesce(a.backend_start, o.connected_at) = o.connected_at
where o.incarnation = (select max(n.incarnation) from report.offsets n
  where (n.cluster, n.group_id, n.topic) = (o.cluster, o.group_id, o.topic))
order by o.heartbeats, o.topic, o.group_id, o.cluster, o.partition
