-- Called by the store behind detections_stage: adds what is new; returns the numbers of the rows that
-- were there already, and whether they differ from what is stored.
with added as (
  insert into kansen.detection (event_time, device_id, event_id, name_id, product_id, action_id,
    country, address, sha256)
  select event_time, device_id, event_id, name_id, product_id, action_id, country, address, sha256
  from pg_temp.stage_detection
  order by event_time, device_id, event_id
  on conflict do nothing
  returning event_time, device_id, event_id
)
select s.ordinal, coalesce(stored.differs, false)
from pg_temp.stage_detection s
left join added a using (event_time, device_id, event_id)
left join lateral (
  select (d.name_id, d.product_id, d.action_id, d.country, d.address, d.sha256)
    is distinct from (s.name_id, s.product_id, s.action_id, s.country, s.address, s.sha256) as differs
  from kansen.detection d
  where d.event_time = s.event_time and d.device_id = s.device_id and d.event_id = s.event_id
  limit 1
) stored on true
where a.event_id is null;
