-- Called by `db relocate` for each chunk of the month $1: counts each detection that has moved in its new
-- country, and with it the infection whose first detection it is, in slot -1; other labels stay what they are.
-- One that a worker has moved to an earlier detection meanwhile has the country of that. As in infections_move, in the
-- order of infection's key. Returns infections by both countries.
with changed as materialized (
  select * from pg_temp.stage_relocation where country <> new_country
), matching as materialized (
  select m.threat_id, m.name_id
  from matching_names(array(select distinct name_id from changed)) m
  join threat t using (threat_id)
  where t.state <> 'removed'
), pairs as materialized (
  select m.threat_id, c.device_id, c.event_time, c.event_id, c.new_country
  from changed c
  join matching m using (name_id)
), held as materialized (
  select p.*, i.country as former_country
  from pairs p
  join infection i using (threat_id, device_id)
  where i.month = $1 and i.first_seen = p.event_time and i.first_event_id = p.event_id
  order by threat_id, device_id
), moved as (
  update infection i
  set country = h.new_country
  from held h
  where i.month = $1 and i.threat_id = h.threat_id and i.device_id = h.device_id
    and i.first_seen = h.event_time and i.first_event_id = h.event_id and i.country = h.former_country
  returning h.threat_id, h.former_country, h.new_country
), changes as (
  select threat_id, former_country as country, -1 as infections, 0 as detections from moved
  union all
  select threat_id, new_country, 1, 0 from moved
  union all
  select m.threat_id, c.country, 0, -1 from changed c join matching m using (name_id)
  union all
  select m.threat_id, c.new_country, 0, 1 from changed c join matching m using (name_id)
), known as (
  insert into count_fold (slot) values (-1)
  on conflict do nothing
), counted as (
  insert into count_change (slot, month, threat_id, dimension, value, infections, detections)
  select -1, $1, threat_id, 0, country, sum(infections), sum(detections)
  from changes
  group by threat_id, country
  having sum(infections) <> 0 or sum(detections) <> 0
)
select former_country, new_country, count(*)
from moved
group by former_country, new_country;
