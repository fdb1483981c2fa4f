-- Called by infections_store behind infections_stage: adds infections that are new and returns the numbers of
-- those that are not. Waits for another worker that is adding the same one; rows are taken in the order of
-- their key by everyone, so that two workers can't wait for each other.
with added as (
  insert into infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id,
    product_id, os_id, segment_id)
  select month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id, os_id,
    segment_id
  from pg_temp.stage_infection
  order by month, threat_id, device_id
  on conflict do nothing
  returning month, threat_id, device_id
)
select s.ordinal
from pg_temp.stage_infection s
left join added a using (month, threat_id, device_id)
where a.device_id is null;
