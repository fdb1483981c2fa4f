-- Called by infections_store behind infections_stage: looks at each infection of the stage, whose months are
-- from $1 to $2 (days since 1970), once; adds those that are not there, and returns their numbers. Returned
-- next to these are the numbers of those that infections_move has to look at: what is stored has a
-- later first detection, or another worker adds the same infection at the moment, which is waited for. They
-- are added in the order of their key by everyone, so that two workers seldom wait for each other (docs/reliability.md, order
-- of locks). The months
-- are known to the planner, so that no partition but theirs is opened and locked. The rest is as in
-- detections_add_staged.
with staged as materialized (
  select ordinal, month, threat_id, device_id, first_seen, first_event_id from pg_temp.stage_infection
), stored as materialized (
  select s.ordinal, (i.first_seen, i.first_event_id) > (s.first_seen, s.first_event_id) as is_later
  from staged s
  join infection i using (month, threat_id, device_id)
  where i.month between date '1970-01-01' + $1::integer and date '1970-01-01' + $2::integer
    and i.month - s.month = 0
), fresh as materialized (
  select s.*
  from pg_temp.stage_infection s
  where s.ordinal not in (select ordinal from stored)
), added as (
  insert into infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id,
    product_id, os_id, segment_id)
  select month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id, os_id,
    segment_id
  from fresh
  order by month, threat_id, device_id
  on conflict do nothing
  returning month, threat_id, device_id
)
select array_agg(ordinal) filter (where is_added), array_agg(ordinal) filter (where not is_added)
from (
  select f.ordinal, (f.month, f.threat_id, f.device_id) in (select month, threat_id, device_id from added) as is_added
  from fresh f
  union all
  select ordinal, false
  from stored
  where is_later
) looked;
