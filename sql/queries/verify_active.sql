-- Called by verify_database: what differs between the counts of active machines of month $1 and the set of them,
-- which is all that is kept of heartbeats.
with labelled as materialized (
  select country, product_id, os_id, segment_id, count(*) as devices
  from infection
  where month = $1 and threat_id = 0
  group by country, product_id, os_id, segment_id
), machine as (
  select l.country, coalesce(p.product, '') as product, coalesce(p.version, '') as version,
    coalesce(o.os, '') as os, coalesce(s.segment, '') as segment, l.devices
  from labelled l
  left join product p using (product_id)
  left join os o on o.os_id = l.os_id
  left join segment s on s.segment_id = l.segment_id
), valued as (
  select v.dimension, case when btrim(v.value) <> '' then v.value else '' end as value, devices
  from machine
  cross join lateral (values (0, country), (1, ''), (2, product), (3, version), (4, os), (5, segment))
    v (dimension, value)
), expected as (
  select v.dimension, v.value, sum(v.devices) as devices
  from (
    select v.dimension, case when v.dimension = 0 or v.value = '' or c.value is not null then v.value else ' ' end
      as value, v.devices
    from valued v
    left join counted_value c on c.month = $1 and c.dimension = v.dimension and c.value = v.value
    union all
    select f.dimension, f.value, f.infections from forgotten_count f where f.month = $1 and f.threat_id = 0
  ) v
  group by 1, 2
), stored as (
  select dimension, value, sum(infections) as devices, sum(detections) as detections
  from current_count
  where month = $1 and threat_id = 0
  group by dimension, value
)
select format('active machines %s %s "%s": stored %s%s, the set of machines says %s', to_char($1::date, 'YYYY-MM'),
  (array['country', 'name', 'product', 'version', 'os', 'segment'])[dimension + 1], value,
  coalesce(s.devices, 0), case when s.detections <> 0 then format(' in %s detections', s.detections) end,
  coalesce(e.devices, 0))
from expected e
full join stored s using (dimension, value)
where coalesce(e.devices, 0) <> coalesce(s.devices, 0) or s.detections <> 0
order by dimension, value;
