-- Called by infections_store behind infections_stage: adds infections that are new, counts them in slot
-- $1 and says how many they are. Waits for another worker that is adding the same one; rows are taken in
-- the order of their key by everyone, so that two workers can't wait for each other.
with added as (
  insert into infection (month, threat_id, device_id, country, first_seen, first_event_id)
  select month, threat_id, device_id, country, first_seen, first_event_id
  from pg_temp.stage_infection
  order by month, threat_id, device_id
  on conflict do nothing
  returning month, threat_id, country
), counted as (
  insert into count_change (slot, month, threat_id, dimension, value, infections, detections)
  select $1, month, threat_id, 0, country, count(*), 0
  from added
  group by month, threat_id, country
)
select count(*) from added;
