-- Called by counts_store: adds infections ($4) and detections ($5) per month ($1, days since 1970),
-- threat ($2) and country ($3), in slot $6, whose changes current_count finds by its row of count_fold.
with known as (
  insert into count_fold (slot) values ($6::integer)
  on conflict do nothing
)
insert into count_change (slot, month, threat_id, dimension, value, infections, detections)
select $6::integer, date '1970-01-01' + c.day, c.threat_id, 0, c.country, c.infections, c.detections
from unnest($1::integer[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[])
  as c (day, threat_id, country, infections, detections)
where c.infections <> 0 or c.detections <> 0;
