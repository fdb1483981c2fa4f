-- Called by verify_database in place of verify_counts when the detections of month $1 were dropped: what differs
-- between its counts and its infections, which are kept. Detections can't be counted any more.
with ready as materialized (
  select threat_id from threat where state = 'ready'
), labelled as materialized (
  select threat_id, country, name_id, product_id, os_id, segment_id, count(*) as infections
  from infection
  where month = $1 and threat_id in (select threat_id from ready)
  group by threat_id, country, name_id, product_id, os_id, segment_id
), machine as (
  select i.threat_id, i.infections, i.country, coalesce(n.name, '') as name, coalesce(p.product, '') as product,
    coalesce(p.version, '') as version, coalesce(o.os, '') as os, coalesce(s.segment, '') as segment
  from labelled i
  left join malware_name n using (name_id)
  left join product p using (product_id)
  left join os o on o.os_id = i.os_id
  left join segment s on s.segment_id = i.segment_id
), valued as (
  select m.threat_id, v.dimension, case when btrim(v.value) <> '' then v.value else '' end as value, m.infections
  from machine m
  cross join lateral (values (0, country), (1, name), (2, product), (3, version), (4, os), (5, segment))
    v (dimension, value)
), expected as (
  select v.threat_id, v.dimension, v.value, sum(v.infections) as infections
  from (
    select v.threat_id, v.dimension, case when v.dimension = 0 or v.value = '' or c.value is not null then v.value
      else ' ' end as value, v.infections
    from valued v
    left join counted_value c on c.month = $1 and c.dimension = v.dimension and c.value = v.value
    union all
    select f.threat_id, f.dimension, f.value, f.infections
    from forgotten_count f
    join threat t on t.threat_id = f.threat_id and t.state = 'ready'
    where f.month = $1
  ) v
  group by 1, 2, 3
), stored as (
  select c.threat_id, c.dimension::integer, c.value, sum(c.infections) as infections
  from current_count c
  join threat t on t.threat_id = c.threat_id and t.state = 'ready'
  where c.month = $1
  group by c.threat_id, c.dimension, c.value
)
select format('count %s %s %s: stored %s infections, the set of infections says %s',
  to_char($1::date, 'YYYY-MM'), t.name,
  (array['country', 'name', 'product', 'version', 'os', 'segment'])[dimension + 1] || ' '
    || case value when '' then '(none)' when ' ' then '(beyond)' else value end,
  coalesce(s.infections, 0), coalesce(e.infections, 0))
from expected e
full join stored s using (threat_id, dimension, value)
left join threat t using (threat_id)
where coalesce(e.infections, 0) <> coalesce(s.infections, 0)
order by t.name, dimension, value;
