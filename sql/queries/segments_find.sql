-- Called by the store behind segments_add: number in $1 (from 0), segment_id.
select n.ordinal - 1, o.segment_id
from unnest($1::text[]) with ordinality as n (segment, ordinal)
join segment o on o.segment = n.segment;
