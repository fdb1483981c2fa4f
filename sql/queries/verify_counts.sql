-- Called by verify_database: what differs between the counts of month $1 and what its detections say, in each
-- dimension (product stands for version, too, until its text is looked up). Infections are counted anew from
-- detection too, so that a wrong count behind a wrong infection is named as well. What is still to be
-- counted by the dimensions of migration 017 is compared by country alone.
with matching as (
  select distinct r.threat_id, n.name_id
  from threat t
  join threat_rule r using (threat_id)
  join malware_name n on lower(n.name) like r.like_pattern
  where t.state = 'ready'
), matched as (
  select m.threat_id, d.device_id, d.country, d.event_time, d.event_id, d.name_id, d.product_id,
    nullif(d.os_id, -1) as os_id, d.segment_id
  from calendar_month c
  join detection d on d.event_time >= c.starts_at and d.event_time < c.ends_at
  join matching m using (name_id)
  where c.month = $1
), earliest as (
  select distinct on (threat_id, device_id) threat_id, country, name_id, product_id, os_id, segment_id
  from matched
  order by threat_id, device_id, event_time, event_id
), labelled as (
  select threat_id,
    case when grouping(country) = 0 then 0 when grouping(name_id) = 0 then 1 when grouping(product_id) = 0 then 2
      when grouping(os_id) = 0 then 4 else 5 end as dimension,
    country, coalesce(name_id, product_id, os_id, segment_id) as label,
    sum(infections) as infections, sum(detections) as detections
  from (
    select threat_id, country, name_id, product_id, os_id, segment_id, 1 as infections, 0 as detections
    from earliest
    union all
    select threat_id, country, name_id, product_id, os_id, segment_id, 0, 1 from matched
  ) each
  group by threat_id, grouping sets (country, name_id, product_id, os_id, segment_id)
), valued as (
  select a.threat_id, d.dimension, coalesce(l.value, a.country, '') as value, a.infections, a.detections
  from labelled a
  join (values (0, 0), (1, 1), (2, 2), (2, 3), (4, 4), (5, 5)) d (by_label, dimension)
    on d.by_label = a.dimension
  left join label_value l on l.dimension = d.dimension and l.label_id = a.label
), expected as (
  select v.threat_id, v.dimension, v.value, sum(v.infections) as infections, sum(v.detections) as detections
  from (
    select v.threat_id, v.dimension, case when v.dimension = 0 or v.value = '' or c.value is not null then v.value
      else ' ' end as value, v.infections, v.detections
    from valued v
    left join counted_value c on c.month = $1 and c.dimension = v.dimension and c.value = v.value
    union all
    select f.threat_id, f.dimension, f.value, f.infections, f.detections
    from forgotten_count f
    join threat t on t.threat_id = f.threat_id and t.state = 'ready'
    where f.month = $1
  ) v
  group by 1, 2, 3
), stored as (
  select c.threat_id, c.dimension::integer, c.value, sum(c.infections) as infections,
    sum(c.detections) as detections
  from current_count c
  left join threat t using (threat_id)
  where c.month = $1 and c.threat_id <> 0 and coalesce(t.state, 'ready') = 'ready'
  group by c.threat_id, c.dimension, c.value
)
select format('count %s %s %s: stored %s infections in %s detections, detections say %s in %s',
  to_char($1::date, 'YYYY-MM'), coalesce(t.name, 'of no threat'),
  (array['country', 'name', 'product', 'version', 'os', 'segment'])[dimension + 1] || ' '
    || case value when '' then '(none)' when ' ' then '(beyond)' else value end,
  coalesce(s.infections, 0), coalesce(s.detections, 0),
  coalesce(e.infections, 0), coalesce(e.detections, 0))
from expected e
full join stored s using (threat_id, dimension, value)
left join threat t using (threat_id)
where (coalesce(e.infections, 0) <> coalesce(s.infections, 0)
    or coalesce(e.detections, 0) <> coalesce(s.detections, 0))
  and (dimension = 0 or not exists (select from dimension_recount r
    where r.threat_id = t.threat_id and r.month = $1))
order by t.name, dimension, value;
