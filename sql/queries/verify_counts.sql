-- Called by verify_database: what differs between the counts of month $1, from $2 to before $3, and what its detections
-- say, in each dimension (product stands for version, too, until its text is looked up). Infections are those that are
-- stored when they are right ($4); else they are counted anew from detection, so that a wrong count behind a wrong
-- infection is named as well. Each table is read once, by all labels together, of which there are few. What is still to be
-- counted by the dimensions of migration 017 is compared by country alone.
with matching as materialized (
  select m.threat_id, m.name_id
  from matching_names(array(select name_id from malware_name)) m
  join threat t using (threat_id)
  where t.state = 'ready'
), ready as materialized (
  select threat_id from threat where state = 'ready'
), earliest as materialized (
  select threat_id, country, name_id, product_id, os_id, segment_id, count(*) as infections
  from infection
  where $4::boolean and month = $1 and threat_id <> 0
    and threat_id in (select threat_id from ready)
  group by threat_id, country, name_id, product_id, os_id, segment_id
  union all
  select threat_id, country, name_id, product_id, os_id, segment_id, count(*)
  from (
    select distinct on (m.threat_id, d.device_id)
      m.threat_id, d.country, d.name_id, d.product_id, nullif(d.os_id, -1) as os_id, d.segment_id
    from detection d
    join matching m using (name_id)
    where not $4::boolean and d.event_time >= $2::timestamptz and d.event_time < $3::timestamptz
    order by m.threat_id, d.device_id, d.event_time, d.event_id
  ) first
  group by threat_id, country, name_id, product_id, os_id, segment_id
), detected as materialized (
  select country, name_id, product_id, nullif(os_id, -1) as os_id, segment_id, count(*) as detections
  from detection
  where name_id in (select name_id from matching)
    and event_time >= $2::timestamptz and event_time < $3::timestamptz
  group by 1, 2, 3, 4, 5
), labelled as (
  select threat_id,
    case when grouping(country) = 0 then 0 when grouping(name_id) = 0 then 1 when grouping(product_id) = 0 then 2
      when grouping(os_id) = 0 then 4 else 5 end as dimension,
    country, coalesce(name_id, product_id, os_id, segment_id) as label,
    sum(infections) as infections, sum(detections) as detections
  from (
    select threat_id, country, name_id, product_id, os_id, segment_id, infections, 0 as detections from earliest
    union all
    select m.threat_id, d.country, name_id, d.product_id, d.os_id, d.segment_id, 0, d.detections
    from detected d
    join matching m using (name_id)
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
