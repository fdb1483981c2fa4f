-- Called by verify_database in front of verify_infections, which names differences and takes longer: are the infections
-- of the month $1, from $2 to before $3, what its detections say? They are when no detection has none, or is in front of
-- it, and when each infection is met by its first detection, which says the same of it. Of a month that is still
-- to be counted by the dimensions of migration 017: false.
with matching as materialized (
  select m.threat_id, m.name_id
  from matching_names(array(select name_id from malware_name)) m
  join threat t using (threat_id)
  where t.state = 'ready'
), met as (
  select
    count(*) filter (where i.device_id is null
      or (d.event_time, d.event_id) < (i.first_seen, i.first_event_id)) as wrong,
    count(*) filter (where d.event_time = i.first_seen and d.event_id = i.first_event_id
      and (d.country, d.name_id, d.product_id, nullif(d.os_id, -1), d.segment_id)
        is not distinct from (i.country, i.name_id, i.product_id, i.os_id, i.segment_id)) as first
  from detection d
  join matching m using (name_id)
  left join infection i on i.month = $1 and i.threat_id = m.threat_id and i.device_id = d.device_id
  where d.event_time >= $2::timestamptz and d.event_time < $3::timestamptz
    -- The others need no look.
    and (i.device_id is null or d.event_time <= i.first_seen)
), stored as (
  select count(*) as infections
  from infection
  where month = $1 and threat_id <> 0 and threat_id <> all (array(select threat_id from threat where state <> 'ready'))
)
select met.wrong = 0 and met.first = stored.infections
  and not exists (select 1 from dimension_recount where month = $1) -- Citus knows no result without columns
from met, stored;
