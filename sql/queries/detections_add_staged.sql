-- Called by the store behind detections_stage: looks at each row of the stage, which are of a time from $1 to
-- $2, once; adds those that are not there; returns the numbers of the others, and of those of them that differ
-- from the event that is stored. A country that was looked up is none of the event's: it is as old as the MaxMind
-- DB, and `db relocate` changes it. With os_id -1 it was stored before os and segment were read. What another
-- worker adds meanwhile is waited for, and was there (the same event, most likely). They are added in the
-- order of their key, which is that of their numbers, by everyone, so that two workers seldom wait for each other
-- (docs/reliability.md, order of locks).
-- The times are known to the planner, so that no partition but theirs is opened and locked. What is staged lies
-- on this connection's node alone, detection may be distributed: they meet in an inner join, the former as a
-- result of its own (`as materialized`). That the difference of two times that are the same is nothing is said for the
-- planner: where it expects few rows of these times, it would compare each with each; every comparison
-- that can't be a hash's makes that dearer than a hash.
with staged as materialized (
  select * from pg_temp.stage_detection
), looked as (
  select s.ordinal,
    (d.name_id, d.product_id, d.action_id, d.address, d.sha256)
      is distinct from (s.name_id, s.product_id, s.action_id, s.address, s.sha256)
    or d.os_id is distinct from -1 and (d.os_id, d.segment_id) is distinct from (s.os_id, s.segment_id)
    or case
      when d.geoip_id is null and s.geoip_id <> 0 then false
      when coalesce(d.geoip_id, 0) = 0 and s.geoip_id = 0 then d.country <> s.country
      else (d.geoip_id = 0) <> (s.geoip_id = 0)
    end as differs
  from staged s
  join kansen.detection d using (event_time, device_id, event_id)
  where d.event_time between $1::timestamptz and $2::timestamptz
    and d.event_time - s.event_time = interval '0'
), stored as materialized (
  select array_agg(ordinal) as ordinals, array_agg(ordinal) filter (where differs) as differing from looked
), fresh as materialized (
  select s.*
  from pg_temp.stage_detection s
  where s.ordinal not in (select unnest(ordinals) from stored)
), added as (
  insert into kansen.detection (event_time, device_id, event_id, name_id, product_id, action_id,
    country, address, sha256, geoip_id, os_id, segment_id)
  select event_time, device_id, event_id, name_id, product_id, action_id, country, address, sha256, geoip_id,
    os_id, segment_id
  from fresh
  order by ordinal
  on conflict do nothing
  returning event_time, device_id, event_id
)
select (select ordinals from stored) || array_agg(f.ordinal), (select differing from stored)
from fresh f
where (f.event_time, f.device_id, f.event_id) not in (select event_time, device_id, event_id from added);
