-- Called by recount_stored: of what is counted of the threat $1 in the month $2 by the dimensions $3 and values $4,
-- infections ($5) and detections ($6) are counted already: they are taken off in the slot of `threat set`, whose
-- changes current_count finds by its row of count_fold.
with known as (
  insert into count_fold (slot) values (-3)
  on conflict do nothing
)
insert into count_change (slot, month, threat_id, dimension, value, infections, detections)
select -3, $2::date, $1::integer, dimension, value, -infections, -detections
from unnest($3::smallint[], $4::text[], $5::bigint[], $6::bigint[])
  as counted (dimension, value, infections, detections)
where infections <> 0 or detections <> 0;
