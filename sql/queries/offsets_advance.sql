-- Called by offsets_advance, first of all in a batch: moves each partition (slots $1) from exactly where we
-- left it ($3) to behind the batch ($4), if it is still ours (epochs $2). Fewer rows than slots: it is
-- not. $5 are the offsets of the last messages (null: the batch holds none), $6 their fingerprints; $7
-- and $8 are our backend's pid and start, by which another worker can end it (offset_free).
update kafka_offset k
set next_offset = n.next_offset,
  last_offset = coalesce(n.last_offset, k.last_offset),
  fingerprint = case when n.last_offset is null then k.fingerprint else n.fingerprint end,
  backend_pid = $7::integer, backend_start = $8::timestamptz, updated_at = now()
from unnest($1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])
  as n (slot, epoch, stored, next_offset, last_offset, fingerprint)
where k.slot = n.slot and k.epoch = n.epoch and k.next_offset = n.stored
returning k.slot;
