-- Called by offsets_advance, first of all in a batch: moves each partition (slots $1) from exactly where we
-- left it ($3) to behind the batch ($4), if it is still ours (epochs $2). Fewer rows than slots: it is
-- not. $5 are the offsets of the last messages (null: the batch holds none), $6 their fingerprints. $7 are
-- the places where the rows lay when we left them: each is looked for there, and not by way of all its
-- versions that a held snapshot keeps; what it says, not where it lies, makes it ours. $8 is up to when
-- each has been read, $9 the newest event time, in microseconds since 1970 (null: nothing new is known);
-- a clock that is fast doesn't make them more than this server's. $10 is where each ends, as far as is known.
-- $11 and $12 are our backend's pid and start, by which another worker can end it (offset_free). Gives the place of
-- each in $1.
update kafka_offset k
set next_offset = n.next_offset,
  last_offset = coalesce(n.last_offset, k.last_offset),
  fingerprint = case when n.last_offset is null then k.fingerprint else n.fingerprint end,
  read_until = case when n.read_until is null then k.read_until
    else greatest(k.read_until, least(now(),
      timestamptz '1970-01-01 00:00:00Z' + n.read_until * interval '1 microsecond')) end,
  newest_event = greatest(k.newest_event,
    timestamptz '1970-01-01 00:00:00Z' + n.newest_event * interval '1 microsecond'),
  end_offset = n.end_offset, end_known_at = now(), retired_at = null,
  backend_pid = $11::integer, backend_start = $12::timestamptz, updated_at = now()
from unnest($1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::tid[],
    $8::bigint[], $9::bigint[], $10::bigint[]) with ordinality
  as n (slot, epoch, stored, next_offset, last_offset, fingerprint, place, read_until, newest_event, end_offset, ordinal)
where k.ctid = n.place
  and k.slot = n.slot and k.epoch = n.epoch and k.next_offset = n.stored
returning n.ordinal - 1, k.ctid;
