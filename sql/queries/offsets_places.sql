-- Called by offsets_advance in a batch that doesn't know where the rows of partitions (slots $1) lie: where
-- (behind the place of each in $1), and there they stay until the commit.
select n.ordinal - 1, k.ctid
from unnest($1::integer[]) with ordinality as n (slot, ordinal)
join kafka_offset k on k.slot = n.slot
order by k.slot
for no key update of k;
