-- Called by infections_store behind infections_add, as a statement of its own so that it sees what other
-- workers added meanwhile: moves infections of the stage, those with the numbers $3, whose months are from $1
-- to $2, to an earlier first detection, and with it to that detection's country and labels. Returns the numbers
-- of those that moved, and what they were counted by before. The lateral query is never merged with the rest
-- (it locks rows), so each of them costs one look-up by key.
with held as (
  select s.*, i.country as former_country, i.name_id as former_name_id, i.product_id as former_product_id,
    i.os_id as former_os_id, i.segment_id as former_segment_id
  from (
    select * from pg_temp.stage_infection where ordinal = any ($3::integer[])
    order by month, threat_id, device_id
  ) s
  cross join lateral (
    select country, name_id, product_id, os_id, segment_id
    from infection
    where month = s.month and threat_id = s.threat_id and device_id = s.device_id
      and (first_seen, first_event_id) > (s.first_seen, s.first_event_id)
      and month between date '1970-01-01' + $1::integer and date '1970-01-01' + $2::integer
    for update
  ) i
), moved as (
  insert into infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id,
    product_id, os_id, segment_id)
  select month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id, os_id,
    segment_id
  from held
  on conflict (month, threat_id, device_id) do update
  set country = excluded.country, first_seen = excluded.first_seen,
    first_event_id = excluded.first_event_id, name_id = excluded.name_id,
    product_id = excluded.product_id, os_id = excluded.os_id, segment_id = excluded.segment_id
)
select ordinal, former_country, former_name_id, former_product_id, former_os_id, former_segment_id
from held;
