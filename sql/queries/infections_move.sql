-- Called by infections_store behind infections_add, as a statement of its own so that it sees what other
-- workers added meanwhile: moves infections to an earlier first detection, and with it to that
-- detection's country, in slot $1. The lateral query is never merged with the rest (it locks rows),
-- so each staged row costs one look-up by key.
with held as (
  select s.month, s.threat_id, s.device_id, s.country, s.first_seen, s.first_event_id,
    i.country as former_country
  from (
    select * from pg_temp.stage_infection order by month, threat_id, device_id
  ) s
  cross join lateral (
    select country
    from infection
    where month = s.month and threat_id = s.threat_id and device_id = s.device_id
      and (first_seen, first_event_id) > (s.first_seen, s.first_event_id)
    for update
  ) i
), moved as (
  insert into infection (month, threat_id, device_id, country, first_seen, first_event_id)
  select month, threat_id, device_id, country, first_seen, first_event_id from held
  on conflict (month, threat_id, device_id) do update
  set country = excluded.country, first_seen = excluded.first_seen,
    first_event_id = excluded.first_event_id
), changes as (
  select month, threat_id, former_country as country, -1 as change from held
  union all
  select month, threat_id, country, 1 from held
)
insert into count_change (slot, month, threat_id, dimension, value, infections, detections)
select $1, month, threat_id, 0, country, sum(change), 0
from changes
group by month, threat_id, country
having sum(change) <> 0;
