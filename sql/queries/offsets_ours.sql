-- Called by offsets_are_ours: how many partitions (slots $1) are still ours (epochs $2) and stored as
-- far as we know ($3)?
select count(*)
from unnest($1::integer[], $2::bigint[], $3::bigint[]) as b (slot, epoch, stored)
join kafka_offset k using (slot)
where k.epoch = b.epoch and k.next_offset = b.stored;
