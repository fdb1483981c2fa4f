-- Called by demo_check: every figure that the simulator's truth has an opinion on, for the threat $1 and the
-- dimensions $2 to $5 (null: the scenario says nothing of it).
with figure (name, value) as (
  select 'infections ' || to_char(month, 'YYYY-MM') || ' ' || country, infections
  from report.country_infections
  where threat = $1
  union all
  select 'detections ' || to_char(month, 'YYYY-MM') || ' ' || country, detections
  from report.country_infections
  where threat = $1
  union all
  select dimension || ' ' || to_char(month, 'YYYY-MM') || ' ' || value, infections
  from report.dimension_infections
  where threat = $1 and dimension in ($2, $3, $4, $5)
  union all
  select 'active ' || to_char(month, 'YYYY-MM') || ' ' || value, devices
  from report.active_devices
  where dimension = 'country'
  union all
  select 'covered ' || to_char(i.month, 'YYYY-MM'), count(*)
  from report.infections i
  join report.active_machines a using (month, device_id)
  where i.threat = $1
  group by i.month
  union all
  select 'unique ' || country, count(*)
  from (
    select distinct on (device_id) country
    from report.infections
    where threat = $1
    order by device_id, first_seen
  ) device
  group by country
  union all
  select 'rejected ' || reason, count(*)
  from report.dead_letters
  group by reason
  union all
  select 'stored', count(*)
  from report.detections
)
select name, value
from figure
where value <> 0
order by name collate "C";
