-- Called by tally_store: adds detections per month ($1, days since 1970), threat ($2) and country
-- ($3): $4 of each, in slot $5.
insert into infection_count (month, threat_id, country, slot, infections, detections)
select date '1970-01-01' + d.day, d.threat_id, d.country, $5, 0, d.detections
from unnest($1::integer[], $2::integer[], $3::text[], $4::bigint[])
  as d (day, threat_id, country, detections)
order by 1, 2, 3
on conflict (month, threat_id, country, slot) do update
set detections = infection_count.detections + excluded.detections;
