-- Called by forget_machine in front of forget_rows: what is counted of the machine $2 in the month $1, as verify_counts,
-- verify_kept and verify_active count it: by its detections, or, when these were dropped, by its infections.
with matched as (
  select r.threat_id, d.country, d.name_id, d.product_id, nullif(d.os_id, -1) as os_id, d.segment_id,
    row_number() over (partition by r.threat_id order by d.event_time, d.event_id) = 1 as is_earliest
  from calendar_month c
  join detection d on d.event_time >= c.starts_at and d.event_time < c.ends_at and d.device_id = $2::uuid
  join malware_name n using (name_id)
  join lateral (select distinct tr.threat_id from threat_rule tr join threat t using (threat_id)
    where t.state = 'ready' and lower(n.name) like tr.like_pattern) r on true
  where c.month = $1::date
), one as (
  select threat_id, country, name_id, product_id, os_id, segment_id, is_earliest::integer as infections, 1 as detections
  from matched
  union all
  select i.threat_id, i.country, i.name_id, i.product_id, i.os_id, i.segment_id, 1, 0
  from infection i
  where i.month = $1::date and i.device_id = $2::uuid and (i.threat_id = 0
    or exists (select from closed_month m where m.month = i.month and m.dropped_at is not null)
      and exists (select from threat t where t.threat_id = i.threat_id and t.state = 'ready'))
), valued as (
  select o.threat_id, v.dimension, case when btrim(v.value) <> '' then v.value else '' end as value, o.infections,
    o.detections
  from one o
  left join malware_name n using (name_id)
  left join product p using (product_id)
  left join os s on s.os_id = o.os_id
  left join segment g on g.segment_id = o.segment_id
  cross join lateral (values (0, o.country), (1, coalesce(n.name, '')), (2, coalesce(p.product, '')),
    (3, coalesce(p.version, '')), (4, coalesce(s.os, '')), (5, coalesce(g.segment, ''))) v (dimension, value)
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
