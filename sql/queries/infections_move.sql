-- Called by infections_store behind infections_add, as a statement of its own so that it sees what other
-- workers added meanwhile: moves infections of the stage, those with the numbers $3, whose months are from $1
-- to $2, to an earlier first detection, and with it to that detection's country and labels. Returns the numbers
-- of those that moved, and what they were counted by before. Nothing is locked while it is read: what somebody
-- else changes before it can be moved stays as it is, and a row without a number says that this has to be
-- called again. In the order of the key where the planner looks one up after the other, as it does.
with staged as materialized (
  select * from pg_temp.stage_infection where ordinal = any ($3::integer[])
), later as materialized (
  select s.*, i.first_seen as former_seen, i.first_event_id as former_event_id, i.country as former_country,
    i.name_id as former_name_id, i.product_id as former_product_id, i.os_id as former_os_id,
    i.segment_id as former_segment_id
  from staged s
  join infection i using (month, threat_id, device_id)
  where i.month between date '1970-01-01' + $1::integer and date '1970-01-01' + $2::integer
    and i.month - s.month = 0
    and (i.first_seen, i.first_event_id) > (s.first_seen, s.first_event_id)
  order by month, threat_id, device_id
), moved as (
  update infection i
  set country = l.country, first_seen = l.first_seen, first_event_id = l.first_event_id, name_id = l.name_id,
    product_id = l.product_id, os_id = l.os_id, segment_id = l.segment_id
  from later l
  where i.month = l.month and i.threat_id = l.threat_id and i.device_id = l.device_id
    and i.month between date '1970-01-01' + $1::integer and date '1970-01-01' + $2::integer
    and i.month - l.month = 0
    and (i.first_seen, i.first_event_id, i.country, i.name_id) is not distinct from
      (l.former_seen, l.former_event_id, l.former_country, l.former_name_id)
  returning l.ordinal, l.former_country, l.former_name_id, l.former_product_id, l.former_os_id,
    l.former_segment_id
)
select ordinal, former_country, former_name_id, former_product_id, former_os_id, former_segment_id
from moved
union all
select null, null, null, null, null, null
where (select count(*) from later) > (select count(*) from moved);
