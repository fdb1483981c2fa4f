-- Called by offsets_note_tries: the owner (epoch $2) of a partition (slot $1) begins to read it, which
-- makes $3 tries in a row, or stops in order (0). Never waits: a row that somebody else is changing is
-- not ours any more.
update kafka_offset
set tries = $3, tried_offset = next_offset, tried_at = now()
where slot in (select slot from kafka_offset where slot = $1 and epoch = $2 for update skip locked);
