-- Called by demo_check: every figure that the simulator's truth has an opinion on, for the threat $1.
with figure (name, value) as (
  select 'infections ' || to_char(month, 'YYYY-MM') || ' ' || country, infections
  from report.country_infections
  where threat = $1
  union all
  select 'detections ' || to_char(month, 'YYYY-MM') || ' ' || country, detections
  from report.country_infections
  where threat = $1
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
