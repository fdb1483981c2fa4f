-- Called by infections_store behind infections_stage: looks at each infection of the stage, whose months are
-- from $1 to $2 (days since 1970), once; adds those that are not there, and returns their numbers. Returned
-- next to these are the numbers of those that infections_move has to look at: what is stored has a
-- later first detection, or another worker adds the same infection at the moment, which is waited for. They
-- are added in the order of their key by everyone, so that two workers can't wait for each other. The lateral
-- query is never merged with the rest (it has a limit), so each staged row costs one look-up by key; the
-- months are known to the planner, so that no partition but theirs is opened and locked.
with looked as materialized (
  select s.*, i.is_later
  from pg_temp.stage_infection s
  left join lateral (
    select (first_seen, first_event_id) > (s.first_seen, s.first_event_id) as is_later
    from infection
    where month = s.month and threat_id = s.threat_id and device_id = s.device_id
      and month between date '1970-01-01' + $1::integer and date '1970-01-01' + $2::integer
    limit 1
  ) i on true
  where i.is_later or i.is_later is null
), added as (
  insert into infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id,
    product_id, os_id, segment_id)
  select month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id, os_id,
    segment_id
  from looked
  where is_later is null
  order by month, threat_id, device_id
  on conflict do nothing
  returning month, threat_id, device_id
)
select array_agg(l.ordinal) filter (where a.device_id is not null),
  array_agg(l.ordinal) filter (where a.device_id is null)
from looked l
left join added a using (month, threat_id, device_id);
