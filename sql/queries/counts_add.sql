-- Called by tally_store: adds infections ($4) and detections ($5) per month ($1, days since 1970),
-- threat ($2) and country ($3), in slot $6.
insert into infection_count (month, threat_id, country, slot, infections, detections)
select date '1970-01-01' + c.day, c.threat_id, c.country, $6, c.infections, c.detections
from unnest($1::integer[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[])
  as c (day, threat_id, country, infections, detections)
order by 1, 2, 3
on conflict (month, threat_id, country, slot) do update
set infections = infection_count.infections + excluded.infections,
  detections = infection_count.detections + excluded.detections;
