-- A month of which no event is stored is one that nobody has loaded, for all that files can tell; and the first
-- one of which there are may lack its beginning. Run as the role kansen_owner.
create or replace view report.completeness as
select c.month, c.starts_at, c.ends_at,
  case
    when c.month >= data.first_month is not true then 'no-data'
    when c.ends_at > now() then 'provisional'
    when kafka.partitions > 0 and (kafka.unknown > 0 or kafka.read_until < c.ends_at) then 'provisional'
    when kafka.partitions > 0 or kafka.retired_until >= c.ends_at then 'complete'
    when exists (select from detection d where d.event_time >= c.starts_at and d.event_time < c.ends_at)
      or exists (select from infection_count i where i.month = c.month and i.threat_id <> 0) then 'complete'
    else 'no-data'
  end as state,
  case when c.month = data.first_month and first.event_time >= c.starts_at then first.event_time end as first_event
from calendar_month c
cross join (select min(d.event_time) as event_time from detection d) first
cross join lateral (
  select least(
    (select max(m.month) from calendar_month m where m.starts_at <= first.event_time),
    (select min(i.month) from infection_count i where i.threat_id <> 0)) as first_month
) data
cross join (
  select count(*) filter (where not p.retired) as partitions,
    count(*) filter (where not p.retired and p.read_until is null) as unknown,
    min(p.read_until) filter (where not p.retired) as read_until,
    case when bool_and(p.read_until is not null) then min(p.read_until) end as retired_until
  from report.partitions p
  where not p.heartbeats
) kafka
where c.starts_at <= now();
comment on column report.completeness.state is
  'no-data: before the first event that is stored; without Kafka, a month of which no event is stored.'
  ' provisional: not over, or a Kafka partition has not been read beyond its end. complete: over, and every'
  ' partition has; without Kafka, over.';

comment on column report.completeness.first_event is
  'Of the first month of which an event is stored: when that happened. Null: of another month.';

create or replace view report.active_completeness as
select c.month, c.starts_at, c.ends_at,
  case
    when c.month >= data.first_month is not true then 'no-data'
    when c.ends_at > now() then 'provisional'
    when kafka.partitions > 0 and (kafka.unknown > 0 or kafka.read_until < c.ends_at) then 'provisional'
    when kafka.partitions > 0 or kafka.retired_until >= c.ends_at then 'complete'
    when exists (select from current_count k where k.month = c.month and k.threat_id = 0 and k.infections <> 0)
      then 'complete'
    else 'no-data'
  end as state
from calendar_month c
cross join (select min(month) as first_month from current_count where threat_id = 0 and infections <> 0) data
cross join (
  select count(*) filter (where not p.retired) as partitions,
    count(*) filter (where not p.retired and p.read_until is null) as unknown,
    min(p.read_until) filter (where not p.retired) as read_until,
    case when bool_and(p.read_until is not null) then min(p.read_until) end as retired_until
  from report.partitions p
  where p.heartbeats
) kafka
where c.starts_at <= now();
comment on column report.active_completeness.state is
  'no-data: before the first heartbeat; without Kafka, a month of which none is stored. provisional: not over,'
  ' or a Kafka partition of heartbeats has not been read beyond its end. complete: over, and every such'
  ' partition has; without Kafka, over.';
