-- Months whose events are dropped when they are old, while counts, infections and editions stay (docs/retention.md).
-- Run as the role kansen_owner.
create table closed_month (
  month date primary key,
  closed_at timestamptz not null default now(),
  closed_by text not null default session_user,
  dropped_at timestamptz,
  detections bigint,
  first_event timestamptz,
  sha256 text,
  file text,
  infections_dropped_at timestamptz,
  check (dropped_at is null or detections is not null)
);
comment on table closed_month is
  'Months of which nothing new is stored: it could not be told from what was dropped. Workers read them when'
  ' catalogue.version grows.';
comment on column closed_month.dropped_at is 'When its detections were dropped; null: it is only closed yet.';
comment on column closed_month.detections is 'How many they were.';
comment on column closed_month.first_event is 'The earliest of them.';
comment on column closed_month.sha256 is 'Digest of the file that they were exported to; null: they were not.';
comment on column closed_month.infections_dropped_at is
  'When its infections and active machines were dropped; null: they are kept.';
grant select on closed_month to kansen_loader;

create view report.dropped_months as
select month, dropped_at, closed_by as dropped_by, detections, file, sha256, infections_dropped_at
from closed_month
where dropped_at is not null or infections_dropped_at is not null;
comment on view report.dropped_months is
  'Months whose events were dropped because they are old. Counts and editions stay as they are.';
comment on column report.dropped_months.month is 'First day of the month, in the report time zone.';
comment on column report.dropped_months.dropped_at is 'When its detections were dropped; null: only its machines were.';
comment on column report.dropped_months.dropped_by is 'Role that did it.';
comment on column report.dropped_months.detections is 'How many detections were dropped.';
comment on column report.dropped_months.file is 'File that they were exported to; null: they were not.';
comment on column report.dropped_months.sha256 is 'Digest of that file.';
comment on column report.dropped_months.infections_dropped_at is
  'When its infections and active machines were dropped; null: they are kept.';
grant select on report.dropped_months to kansen_loader, kansen_reader;

-- Drops the partition of a month that is closed, of which so many detections were exported. Returns what is in
-- the way; null: nothing was. A month that no definition has counted yet could never be counted.
create function drop_detections(this date, exported bigint, digest text, path text) returns text
language plpgsql as $$
declare
  m calendar_month := (select c from calendar_month c where c.month = this);
  name text := 'detection_' || to_char(this, 'YYYY_MM');
  found bigint;
  earliest timestamptz;
begin
  if exists (select from recount_month r join threat t using (threat_id) where r.month = this and t.state <> 'removed')
    or exists (select from dimension_recount r where r.month = this) then
    return 'not everything of it is counted yet; `kansen threat set` or `kansen db migrate` has to go on first';
  end if;
  if not exists (select from closed_month c where c.month = this and c.dropped_at is null) then
    return 'somebody else has opened or dropped it meanwhile';
  end if;
  select count(*), min(d.event_time) into found, earliest
  from detection d where d.event_time >= m.starts_at and d.event_time < m.ends_at;
  if found <> exported then
    return format('it has %s detections, and not the %s of before', found, exported);
  end if;
  if exists (select from detection_default d where d.event_time >= m.starts_at and d.event_time < m.ends_at) then
    return 'some of its detections lie in the default partition; run this again';
  end if;
  lock table only detection in access exclusive mode;
  execute format('drop table %I', name);
  update closed_month c
  set dropped_at = now(), detections = exported, first_event = earliest, sha256 = digest, file = path
  where c.month = this;
  return null;
end
$$;

-- Drops the machines of a month that is closed for them.
create function drop_infections(this date) returns void
language plpgsql as $$
begin
  lock table only infection in access exclusive mode;
  execute format('drop table if exists %I', 'infection_' || to_char(this, 'YYYY_MM'));
  delete from infection_default i where i.month = this;
end
$$;

-- Opens a month again whose file has been loaded: as many detections are there as were dropped. Called by whoever
-- loads; false: it is not so.
create function open_month(this date) returns boolean
language plpgsql security definer
set search_path = kansen, pg_temp as $$
declare
  m calendar_month := (select c from calendar_month c where c.month = this);
begin
  perform pg_advisory_xact_lock(hashtext('kansen threats'));
  if not exists (select from closed_month c where c.month = this and c.dropped_at is not null
      and c.infections_dropped_at is null and c.detections = (select count(*) from detection d
        where d.event_time >= m.starts_at and d.event_time < m.ends_at)) then
    return false;
  end if;
  delete from closed_month c where c.month = this;
  update catalogue set version = version + 1;
  return true;
end
$$;

revoke execute on function drop_detections(date, bigint, text, text), drop_infections(date), open_month(date) from public;
grant execute on function open_month(date) to kansen_loader;

-- What was stored of a month says so also when it is dropped.
create or replace view report.completeness as
select c.month, c.starts_at, c.ends_at,
  case
    when c.month >= data.first_month is not true then 'no-data'
    when c.ends_at > now() then 'provisional'
    when kafka.partitions > 0 and (kafka.unknown > 0 or kafka.read_until < c.ends_at) then 'provisional'
    when kafka.partitions > 0 or kafka.retired_until >= c.ends_at then 'complete'
    when exists (select from detection d where d.event_time >= c.starts_at and d.event_time < c.ends_at)
      or exists (select from infection_count i where i.month = c.month and i.threat_id <> 0)
      or exists (select from closed_month o where o.month = c.month and o.detections > 0) then 'complete'
    else 'no-data'
  end as state,
  case when c.month = data.first_month and first.event_time >= c.starts_at and first.event_time < c.ends_at
    then first.event_time end as first_event
from calendar_month c
cross join (select least((select min(d.event_time) from detection d), (select min(o.first_event) from closed_month o))
  as event_time) first
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
