-- Called by verify_database: what differs between the infections of month $1, from $2 to before $3, and what its
-- detections say. Threats that are still being counted, and those that were removed, are left out; what is still to be
-- counted by the dimensions of migration 017 is compared without its labels.
with matching as materialized (
  select m.threat_id, m.name_id
  from matching_names(array(select name_id from malware_name)) m
  join threat t using (threat_id)
  where t.state = 'ready'
), expected as materialized (
  select distinct on (m.threat_id, d.device_id)
    m.threat_id, d.device_id, d.country, d.event_time as first_seen, d.event_id as first_event_id,
    array[d.name_id, d.product_id, nullif(d.os_id, -1), d.segment_id] as labels
  from detection d
  join matching m using (name_id)
  where d.event_time >= $2::timestamptz and d.event_time < $3::timestamptz
  order by m.threat_id, d.device_id, d.event_time, d.event_id
), kept as materialized (
  select threat_id, device_id, country, first_seen, first_event_id, name_id,
    array[name_id, product_id, os_id, segment_id] as labels
  from infection
  where month = $1 and threat_id <> 0 and threat_id <> all (array(select threat_id from threat where state <> 'ready'))
), stored as (
  select threat_id, device_id, country, first_seen, first_event_id,
    case when name_id is not null or not exists (select from dimension_recount r
        where r.threat_id = k.threat_id and r.month = $1) then labels end as labels
  from kept k
)
select format('infection %s %s device %s: stored %s, detections say %s',
  to_char($1::date, 'YYYY-MM'), coalesce(t.name, 'of no threat'), device_id,
  case when s.country is null then 'nothing'
    else format('%s since %s by %s%s', s.country, s.first_seen, s.first_event_id, said.stored) end,
  case when e.country is null then 'nothing'
    else format('%s since %s by %s%s', e.country, e.first_seen, e.first_event_id, said.expected) end)
from expected e
full join stored s using (threat_id, device_id)
left join threat t using (threat_id)
-- Labels are said where they differ: ids of name, product, os and segment.
cross join lateral (
  select ' with labels ' || array_to_string(s.labels, ',', '-') as stored,
    ' with labels ' || array_to_string(e.labels, ',', '-') as expected
  where s.labels <> e.labels
  union all
  select '', '' where (s.labels <> e.labels) is not true
) said
where (e.country, e.first_seen, e.first_event_id)
    is distinct from (s.country, s.first_seen, s.first_event_id)
  or s.labels <> e.labels
order by t.name, device_id;
