-- Called by `db relocate` for each chunk of the month $1: counts each detection that has moved in its new
-- country, and with it the infection whose first detection it is, in slot -1; other labels stay what they are.
-- One that a worker has moved to an earlier detection meanwhile has the country of that. The lateral query is as
-- in infections_move; whoever holds an infection holds none behind it. Months of a threat that are still to be
-- counted are left out: they will be counted as they are then. Returns infections by both countries.
with changed as materialized (
  select * from pg_temp.stage_relocation where country <> new_country
), matching as materialized (
  select distinct r.threat_id, n.name_id
  from malware_name n
  join threat_rule r on lower(n.name) like r.like_pattern
  join threat t using (threat_id)
  where n.name_id in (select name_id from changed) and t.state <> 'removed'
    and not exists (select from recount_month m where m.threat_id = r.threat_id and m.month = $1)
), held as (
  select s.threat_id, s.device_id, s.event_time, s.event_id, s.new_country, i.country as former_country
  from (
    select m.threat_id, c.device_id, c.event_time, c.event_id, c.new_country
    from changed c
    join matching m using (name_id)
    order by m.threat_id, c.device_id
  ) s
  cross join lateral (
    select country
    from infection
    where month = $1 and threat_id = s.threat_id and device_id = s.device_id
      and first_seen = s.event_time and first_event_id = s.event_id
    for update
  ) i
), moved as (
  insert into infection (month, threat_id, device_id, country, first_seen, first_event_id)
  select $1, threat_id, device_id, new_country, event_time, event_id from held
  on conflict (month, threat_id, device_id) do update set country = excluded.country
), changes as (
  select threat_id, former_country as country, -1 as infections, 0 as detections from held
  union all
  select threat_id, new_country, 1, 0 from held
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
from held
group by former_country, new_country;
