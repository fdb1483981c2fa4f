-- Called by verify_database: what differs between the infections of month $1 and what its detections
-- say. Threats that are still being counted, and those that were removed, are left out.
with matching as (
  select distinct r.threat_id, n.name_id
  from threat t
  join threat_rule r using (threat_id)
  join malware_name n on lower(n.name) like r.like_pattern
  where t.state = 'ready'
), expected as (
  select distinct on (m.threat_id, d.device_id)
    m.threat_id, d.device_id, d.country, d.event_time as first_seen, d.event_id as first_event_id
  from calendar_month c
  join detection d on d.event_time >= c.starts_at and d.event_time < c.ends_at
  join matching m using (name_id)
  where c.month = $1
  order by m.threat_id, d.device_id, d.event_time, d.event_id
), stored as (
  select i.threat_id, i.device_id, i.country, i.first_seen, i.first_event_id
  from infection i
  left join threat t using (threat_id)
  where i.month = $1 and coalesce(t.state, 'ready') = 'ready'
)
select format('infection %s %s device %s: stored %s, detections say %s',
  to_char($1::date, 'YYYY-MM'), coalesce(t.name, 'of no threat'), device_id,
  case when s.country is null then 'nothing'
    else format('%s since %s by %s', s.country, s.first_seen, s.first_event_id) end,
  case when e.country is null then 'nothing'
    else format('%s since %s by %s', e.country, e.first_seen, e.first_event_id) end)
from expected e
full join stored s using (threat_id, device_id)
left join threat t using (threat_id)
where (e.country, e.first_seen, e.first_event_id)
  is distinct from (s.country, s.first_seen, s.first_event_id)
order by t.name, device_id;
