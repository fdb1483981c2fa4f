-- Called by offsets_note_tries: the owner (epochs $2) of partitions (slots $1) begins to read them, which
-- makes $3 tries in a row, or stops in order (0). Never waits: a row that somebody else is changing is
-- not ours any more.
with ours as materialized (
  select k.slot, n.tries
  from unnest($1::integer[], $2::bigint[], $3::integer[]) as n (slot, epoch, tries)
  join kafka_offset k on k.slot = n.slot and k.epoch = n.epoch
  for no key update of k skip locked
)
update kafka_offset k
set tries = o.tries, tried_offset = next_offset, tried_at = now()
from ours o
where k.slot = o.slot;
