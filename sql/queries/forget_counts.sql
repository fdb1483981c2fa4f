-- Called by forget_machine in front of forget_rows: what is counted of the machine $2 in the month $1, as verify_counts,
-- verify_kept and verify_active count it: by its detections, or, when these were dropped, by its infections.
with machine as materialized (
  select d.country, d.name_id, n.name, p.product, p.version, o.os, s.segment, d.event_time, d.event_id
  from calendar_month c
  join detection d on d.event_time >= c.starts_at and d.event_time < c.ends_at
  join malware_name n on n.name_id = d.name_id
  left join product p on p.product_id = d.product_id
  left join os o on o.os_id = nullif(d.os_id, -1)
  left join segment s on s.segment_id = d.segment_id
  where c.month = $1::date and d.device_id = $2::uuid
), infected as materialized (
  select i.threat_id, i.country, n.name, p.product, p.version, o.os, s.segment
  from infection i
  left join malware_name n on n.name_id = i.name_id
  left join product p on p.product_id = i.product_id
  left join os o on o.os_id = i.os_id
  left join segment s on s.segment_id = i.segment_id
  where i.month = $1::date and i.device_id = $2::uuid
), one as (
  select r.threat_id, m.country, m.name, m.product, m.version, m.os, m.segment,
    (row_number() over (partition by r.threat_id order by m.event_time, m.event_id) = 1)::integer as infections,
    1 as detections
  from machine m
  join matching_names(array(select distinct name_id from machine)) r using (name_id)
  join threat t on t.threat_id = r.threat_id and t.state = 'ready'
  union all
  select i.threat_id, i.country, i.name, i.product, i.version, i.os, i.segment, 1, 0
  from infected i
  where i.threat_id = 0
    or exists (select from closed_month m where m.month = $1::date and m.dropped_at is not null)
      and exists (select from threat t where t.threat_id = i.threat_id and t.state = 'ready')
), valued as (
  select o.threat_id, v.dimension, case when btrim(v.value) <> '' then v.value else '' end as value, o.infections,
    o.detections
  from one o
  cross join lateral (values (0, o.country), (1, coalesce(o.name, '')), (2, coalesce(o.product, '')),
    (3, coalesce(o.version, '')), (4, coalesce(o.os, '')), (5, coalesce(o.segment, ''))) v (dimension, value)
)
insert into forgotten_count (month, threat_id, dimension, value, infections, detections)
select $1::date, v.threat_id, v.dimension, case when v.dimension = 0 or v.value = '' or c.value is not null
  then v.value else ' ' end, sum(v.infections), sum(v.detections)
from valued v
left join counted_value c on c.month = $1::date and c.dimension = v.dimension and c.value = v.value collate "C"
group by 1, 2, 3, 4
on conflict (month, threat_id, dimension, value) do update
set infections = forgotten_count.infections + excluded.infections,
  detections = forgotten_count.detections + excluded.detections;
