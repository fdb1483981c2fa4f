-- Called by verify_database: what differs between the counts of month $1 and what its detections
-- say. Infections are counted anew from detection too, so that a wrong count behind a wrong infection
-- is named as well.
with matching as (
  select distinct r.threat_id, n.name_id
  from threat t
  join threat_rule r using (threat_id)
  join malware_name n on lower(n.name) like r.like_pattern
  where t.state = 'ready'
), matched as (
  select m.threat_id, d.device_id, d.country, d.event_time, d.event_id
  from calendar_month c
  join detection d on d.event_time >= c.starts_at and d.event_time < c.ends_at
  join matching m using (name_id)
  where c.month = $1
), earliest as (
  select distinct on (threat_id, device_id) threat_id, country
  from matched
  order by threat_id, device_id, event_time, event_id
), expected as (
  select threat_id, country, sum(infections) as infections, sum(detections) as detections
  from (
    select threat_id, country, 1 as infections, 0 as detections from earliest
    union all
    select threat_id, country, 0, 1 from matched
  ) each
  group by threat_id, country
), stored as (
  select c.threat_id, c.value as country, sum(c.infections) as infections, sum(c.detections) as detections
  from current_count c
  left join threat t using (threat_id)
  where c.month = $1 and c.dimension = 0 and coalesce(t.state, 'ready') = 'ready'
  group by c.threat_id, c.value
)
select format('count %s %s %s: stored %s infections in %s detections, detections say %s in %s',
  to_char($1::date, 'YYYY-MM'), coalesce(t.name, 'of no threat'), country,
  coalesce(s.infections, 0), coalesce(s.detections, 0),
  coalesce(e.infections, 0), coalesce(e.detections, 0))
from expected e
full join stored s using (threat_id, country)
left join threat t using (threat_id)
where coalesce(e.infections, 0) <> coalesce(s.infections, 0)
  or coalesce(e.detections, 0) <> coalesce(s.detections, 0)
order by t.name, country;
