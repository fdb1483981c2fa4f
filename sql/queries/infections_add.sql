-- Called by tally_store behind infections_stage: adds infections that are new, counts them in slot $1
-- and says how many they are. Waits for another worker that is adding the same one; rows are taken in
-- the order of their key by everyone, so that two workers can't wait for each other.
with added as (
  insert into infection (month, threat_id, device_id, country, first_seen, first_event_id)
  select month, threat_id, device_id, country, first_seen, first_event_id
  from pg_temp.stage_infection
  order by month, threat_id, device_id
  on conflict do nothing
  returning month, threat_id, country
), counted as (
  insert into infection_count (month, threat_id, country, slot, infections, detections)
  select month, threat_id, country, $1, count(*), 0
  from added
  group by month, threat_id, country
  order by month, threat_id, country
  on conflict (month, threat_id, country, slot) do update
  set infections = infection_count.infections + excluded.infections
)
select count(*) from added;
