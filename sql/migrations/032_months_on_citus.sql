-- Months where detection and infection are distributed by Citus (docs/scaling.md): partitions are made distributed,
-- rows are moved by statements that Citus has, and what is asked about the default partitions and the disk is asked in
-- a way that nodes can answer. Run as the role kansen_owner.
create function is_distributed() returns boolean
language plpgsql stable as $$
declare
  answer boolean := false;
begin
  if to_regclass('pg_catalog.pg_dist_partition') is not null then
    execute 'select exists (select from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid'
      ' join pg_namespace n on n.oid = c.relnamespace where n.nspname = ''kansen'' and c.relname = ''detection'')'
      into answer;
  end if;
  return answer;
end
$$;

-- The calendar as rows of a function. Where a statement joins a table that each node has with one of the coordinator,
-- Citus asks for rights on both, also behind views; and it knows no subquery that looks from one into the other.
create function find_calendar() returns table (month date, starts_at timestamptz, ends_at timestamptz)
language plpgsql stable security definer rows 1200
set search_path = kansen, pg_temp as $$
begin
  return query select c.month, c.starts_at, c.ends_at from calendar_month c;
end
$$;

create or replace view report.calendar as select month, starts_at, ends_at from find_calendar();

-- Makes a table that is to be a partition of another, wherever that one lies. It is kansen_owner's, whoever makes it.
create function create_like(name text, parent text) returns void
language plpgsql as $$
begin
  execute format('create table %I (like %I including all)', name, parent);
  execute format('alter table %I owner to kansen_owner', name);
  if is_distributed() then
    execute format('select create_distributed_table(%L, ''device_id'', colocate_with => %L)', 'kansen.' || name,
      'kansen.' || parent);
  end if;
end
$$;

-- The months of which rows lie in the default partition of a table: one after the other by the earliest that is
-- left, since Citus does not join it with the calendar.
create function default_months(parent text) returns setof date
language plpgsql stable as $$
declare
  m kansen.calendar_month;
  at timestamptz;
  this date;
begin
  if parent = 'infection' then
    select min(i.month) into this from kansen.infection_default i;
    while this is not null loop
      return next this;
      select min(i.month) into this from kansen.infection_default i where i.month > this;
    end loop;
    return;
  end if;
  select min(d.event_time) into at from kansen.detection_default d;
  while at is not null loop
    select c.* into m from kansen.calendar_month c where c.starts_at <= at order by c.starts_at desc limit 1;
    return next m.month;
    select min(d.event_time) into at from kansen.detection_default d where d.event_time >= m.ends_at;
  end loop;
end
$$;

-- What is to be made: table, month, and whether rows of it lie in the default partition. Months around now (the
-- default policy reaches 400 days back), from first to last, and those of which rows lie there; these come first,
-- since the others are only attached quickly when the default partition is small.
create function missing_partitions(first date, last date)
returns table (parent text, month date, filled boolean)
language plpgsql stable as $$
declare
  detections date[] := array(select default_months('detection'));
  infections date[] := array(select default_months('infection'));
  present date;
begin
  select c.month into present from calendar_month c where c.starts_at <= now() order by c.starts_at desc limit 1;
  return query
    with calendar as materialized (select c.month from calendar_month c)
    select t.parent, c.month, t.is_filled or t.is_growing
    from calendar c
    cross join lateral (
      select 'detection' as parent, c.month = any (detections) as is_filled,
        exists (select from growing_partition g where g.month = c.month) as is_growing
      union all
      select 'infection', c.month = any (infections), false
    ) t
    where (c.month between present - interval '14 months' and present + interval '3 months'
        or c.month between first and last or t.is_filled or t.is_growing)
      and (t.is_filled or not exists (select from closed_month o where o.month = c.month
        and case t.parent when 'detection' then o.dropped_at else o.infections_dropped_at end is not null))
      and (t.is_growing or to_regclass('kansen.' || t.parent || '_' || to_char(c.month, 'YYYY_MM')) is null)
    order by t.is_filled or t.is_growing desc, t.parent, c.month;
end
$$;

create or replace function add_partitions(parent text, months date[]) returns integer
language plpgsql as $$
declare
  spare text := parent || '_default';
  filled date[];
  this date;
  added integer := 0;
begin
  -- Somebody else may have made some meanwhile.
  months := array(select c.month from unnest(months) c (month)
    where to_regclass('kansen.' || parent || '_' || to_char(c.month, 'YYYY_MM')) is null order by c.month);
  foreach this in array months loop
    perform create_like(parent || '_' || to_char(this, 'YYYY_MM'), parent);
  end loop;
  execute format('lock table only %I in share update exclusive mode', parent);
  execute format('lock table %I in access exclusive mode', spare);
  filled := array(select default_months(parent));
  foreach this in array months loop
    if this = any (filled) then
      execute format('drop table %I', parent || '_' || to_char(this, 'YYYY_MM'));
      continue;
    end if;
    perform attach_month(parent, this, null);
    added := added + 1;
  end loop;
  return added;
end
$$;

create or replace function turn_default_into_month(parent text, this date) returns void
language plpgsql as $$
declare
  spare text := parent || '_default';
  name text := parent || '_' || to_char(this, 'YYYY_MM');
  reader text;
begin
  execute format('alter table %I detach partition %I', parent, spare);
  execute format('alter table %I rename to %I', spare, name);
  execute format('alter index %I rename to %I', spare || '_pkey', name || '_pkey');
  execute format('revoke all on %I from kansen_loader, kansen_reader', name);
  perform attach_month(parent, this, null);
  perform create_like(spare, parent);
  -- Readers as far as they may read the table, which is on Citus alone.
  foreach reader in array array['kansen_loader', 'kansen_reader'] loop
    if has_table_privilege(reader, 'kansen.' || parent, 'select') then
      execute format('grant select on %I to %I', spare, reader);
    end if;
  end loop;
  execute format('alter table %I attach partition %I default', parent, spare);
end
$$;

create or replace function grow_partition(parent text, this date, step bigint, out moved bigint, out whole boolean)
language plpgsql as $$
declare
  m calendar_month;
  low timestamptz;
  is_new boolean;
  spare text := parent || '_default';
  name text := parent || '_' || to_char(this, 'YYYY_MM');
  inside text;
  edge timestamptz;
begin
  select c.* into m from calendar_month c where c.month = this;
  if parent = 'detection' then
    select g.grown_to into low from growing_partition g where g.month = this;
  end if;
  is_new := low is null;
  if is_new and to_regclass('kansen.' || name) is not null then
    moved := 0;
    whole := true;
    return;
  end if;
  low := coalesce(low, m.starts_at);
  inside := case parent
    when 'detection' then format('event_time >= %L and event_time < %L', low, m.ends_at)
    else format('month = %L', this) end;
  -- Taking a partition off is for all to wait for; so is a default partition that becomes another.
  execute format('select count(*) > $1 from (select 1 as one from %I where %s limit $1 + 1) counted', spare, inside)
    into whole using step;
  if not is_new or whole then
    execute format('lock table only %I in access exclusive mode', parent);
  else
    execute format('lock table only %I in share update exclusive mode', parent);
  end if;
  execute format('lock table %I in access exclusive mode', spare);
  if is_new and whole then
    if parent = 'detection' then
      select min(d.event_time) >= low and max(d.event_time) < m.ends_at into whole from detection_default d;
    else
      select min(i.month) = this and max(i.month) = this into whole from infection_default i;
    end if;
    if whole then
      perform turn_default_into_month(parent, this);
      moved := 0;
      return;
    end if;
  end if;

  if parent = 'detection' then
    select d.event_time into edge from detection_default d
    where d.event_time >= low and d.event_time < m.ends_at
    order by d.event_time offset step limit 1;
    -- So many in one instant: all of it.
    if edge = low then
      select min(d.event_time) into edge from detection_default d
      where d.event_time > low and d.event_time < m.ends_at;
    end if;
  end if;
  whole := edge is null;
  edge := coalesce(edge, m.ends_at);
  if parent = 'detection' then
    inside := format('event_time >= %L and event_time < %L', low, edge);
  end if;
  if is_new then
    perform create_like(name, parent);
  else
    execute format('alter table %I detach partition %I', parent, name);
  end if;
  -- Nobody else sees the default partition until the commit. Citus deletes nothing within another statement.
  execute format('insert into %I select * from %I where %s', name, spare, inside);
  get diagnostics moved = row_count;
  execute format('delete from %I where %s', spare, inside);
  perform attach_month(parent, this, edge);
  delete from growing_partition g where parent = 'detection' and g.month = this;
  if not whole then
    insert into growing_partition (month, grown_to) values (this, edge);
  end if;
end
$$;

create or replace function attach_month(parent text, this date, up_to timestamptz) returns void
language plpgsql as $$
declare
  m calendar_month;
begin
  select c.* into m from calendar_month c where c.month = this;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent,
    parent || '_' || to_char(this, 'YYYY_MM'),
    case parent when 'detection' then m.starts_at::text else this::text end,
    case parent when 'detection' then coalesce(up_to, m.ends_at)::text
      else (this + interval '1 month')::date::text end);
end
$$;

-- Readers have no right on tables, and the owner asks for them; unless the tables are distributed: nodes are asked as
-- whoever asks, and there readers have it.
create or replace function find_months_in_default() returns setof date
language sql stable security definer
set search_path = kansen, pg_temp as $$
  select default_months('detection') union select default_months('infection')
$$;
create function find_months_in_default_on_nodes() returns setof date
language plpgsql stable as $$
begin
  return query select kansen.default_months('detection') union select kansen.default_months('infection');
end
$$;
create or replace view report.months_in_default as
select month from find_months_in_default() found (month) where not is_distributed()
union all
select month from find_months_in_default_on_nodes() found (month) where is_distributed();

-- Months of which there are detections, up to the present one, and when the earliest of all happened.
create function find_stored_months() returns table (month date, first_event timestamptz)
language sql stable security definer
set search_path = kansen, pg_temp as $$
  select c.month, first.event_time
  from calendar_month c
  cross join (select min(d.event_time) as event_time from detection d) first
  where c.starts_at <= now()
    and exists (select from detection d where d.event_time >= c.starts_at and d.event_time < c.ends_at)
$$;
create function find_stored_months_on_nodes() returns table (month date, first_event timestamptz)
language plpgsql stable as $$
declare
  m kansen.calendar_month;
  at timestamptz;
begin
  select min(d.event_time) into at from kansen.detection d;
  first_event := at;
  while at <= now() loop
    select c.* into m from kansen.calendar_month c where c.starts_at <= at order by c.starts_at desc limit 1;
    month := m.month;
    return next;
    select min(d.event_time) into at from kansen.detection d where d.event_time >= m.ends_at;
  end loop;
end
$$;
create view stored_month as
select month, first_event from find_stored_months() where not is_distributed()
union all
select month, first_event from find_stored_months_on_nodes() where is_distributed();

create or replace view report.completeness as
with stored as materialized (
  select month, first_event from stored_month
)
select c.month, c.starts_at, c.ends_at,
  case
    when c.month >= data.first_month is not true then 'no-data'
    when c.ends_at > now() then 'provisional'
    when kafka.partitions > 0 and (kafka.unknown > 0 or kafka.read_until < c.ends_at) then 'provisional'
    when kafka.partitions > 0 or kafka.retired_until >= c.ends_at then 'complete'
    when s.month is not null
      or exists (select from infection_count i where i.month = c.month and i.threat_id <> 0)
      or exists (select from closed_month o where o.month = c.month and o.detections > 0) then 'complete'
    else 'no-data'
  end as state,
  case when c.month = data.first_month and first.event_time >= c.starts_at and first.event_time < c.ends_at
    then first.event_time end as first_event
from find_calendar() c
left join stored s on s.month = c.month
cross join (select least((select min(t.first_event) from stored t), (select min(o.first_event) from closed_month o))
  as event_time) first
cross join lateral (
  select least(
    (select max(m.month) from find_calendar() m where m.starts_at <= first.event_time),
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
from find_calendar() c
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

-- Bytes and about how many rows each partition has, the sum over its shards when it is distributed.
create function find_storage() returns table (name text, bytes bigint, row_estimate bigint)
language plpgsql stable as $$
declare
  answer record;
begin
  if to_regclass('pg_catalog.pg_dist_partition') is null then
    return query
      select c.relname::text, pg_total_relation_size(c.oid),
        case when pg_relation_size(c.oid) = 0 then 0 else nullif(c.reltuples, -1) end::bigint
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'kansen' and c.relkind = 'r' and c.relispartition;
    return;
  end if;
  -- What lies here: the tables that are not distributed, and shards; then what lies on the nodes.
  for answer in execute $query$
    with rooms as (select $command$
      select coalesce(json_agg(json_build_array(c.relname, pg_total_relation_size(c.oid),
        case when pg_relation_size(c.oid) = 0 then 0 else nullif(c.reltuples, -1) end::bigint)), '[]')
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'kansen' and c.relkind = 'r'
        and c.relname ~ '^(detection|infection)_(default|[0-9]{4}_[0-9]{2})_[0-9]+$'$command$ as command)
    select success, result from rooms, run_command_on_workers(rooms.command)
    union all
    select true, coalesce(json_agg(json_build_array(c.relname, pg_total_relation_size(c.oid),
      case when pg_relation_size(c.oid) = 0 then 0 else nullif(c.reltuples, -1) end::bigint)), '[]')::text
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'kansen' and c.relkind = 'r'
      and c.relname ~ '^(detection|infection)_(default|[0-9]{4}_[0-9]{2})(_[0-9]+)?$'$query$
  loop
    if not answer.success then
      raise exception 'a node of Citus does not answer: %', answer.result using errcode = '08006';
    end if;
    return query
      select substring(r ->> 0 from '^[a-z]+_(?:default|[0-9]{4}_[0-9]{2})'), (r ->> 1)::bigint, (r ->> 2)::bigint
      from json_array_elements(answer.result::json) r;
  end loop;
end
$$;

create or replace view report.storage as
select to_date(substring(found.name from '_(\d{4}_\d{2})$'), 'YYYY_MM') as month,
  (sum(found.bytes) filter (where found.name like 'detection%'))::bigint as detection_bytes,
  (sum(found.bytes) filter (where found.name like 'infection%'))::bigint as infection_bytes,
  case when bool_and(found.row_estimate is not null) filter (where found.name like 'detection%') then
    (sum(found.row_estimate) filter (where found.name like 'detection%'))::bigint end as about_detections
from find_storage() found
group by 1;

-- ---- months that go

-- Months up to one of which there are infections or active machines: those with a partition that is not empty, and what
-- lies in the default partition.
create function infected_months(up_to date) returns setof date
language plpgsql stable as $$
declare
  this date;
  found_any boolean;
begin
  for this in
    select c.month from find_calendar() c
    where c.month <= up_to and to_regclass('kansen.infection_' || to_char(c.month, 'YYYY_MM')) is not null
  loop
    execute format('select exists (select 1 from infection_%s)', to_char(this, 'YYYY_MM')) into found_any;
    if found_any then
      return next this;
    end if;
  end loop;
  return query select d.month from default_months('infection') d (month)
    where d.month <= up_to and to_regclass('kansen.infection_' || to_char(d.month, 'YYYY_MM')) is null;
end
$$;

create or replace function drop_detections(this date, exported bigint, digest text, path text) returns text
language plpgsql as $$
declare
  m record;
  name text := 'detection_' || to_char(this, 'YYYY_MM');
  found bigint;
  earliest timestamptz;
  is_left boolean;
begin
  select c.* into m from find_calendar() c where c.month = this;
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
  select count(*) > 0 into is_left
  from detection_default d where d.event_time >= m.starts_at and d.event_time < m.ends_at;
  if is_left then
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

-- What a load has brought back of months before one that stay dropped, because not all of it came.
create function drop_leftovers(before date) returns void
language plpgsql as $$
declare
  m record;
begin
  for m in
    select c.starts_at, c.ends_at
    from closed_month o
    join find_calendar() c using (month)
    where o.dropped_at is not null and o.month < before
  loop
    delete from detection d where d.event_time >= m.starts_at and d.event_time < m.ends_at;
  end loop;
end
$$;

-- Opens a month again whose file has been loaded: `there` detections of it are there, as many as were dropped. Called
-- by whoever loads, who counts, with the lock of catalogue_lock; false: it is not so.
drop function open_month(date);
create function open_month(this date, there bigint) returns boolean
language plpgsql security definer
set search_path = kansen, pg_temp as $$
begin
  delete from closed_month c
  where c.month = this and c.dropped_at is not null and c.infections_dropped_at is null and c.detections = there;
  if not found then
    return false;
  end if;
  update catalogue set version = version + 1;
  return true;
end
$$;
revoke execute on function open_month(date, bigint) from public;
grant execute on function open_month(date, bigint) to kansen_loader;

-- Erases the rows of a machine in a month, and adds them to a line of erasure.
create function forget_rows(this date, device uuid, line integer) returns void
language plpgsql as $$
declare
  m record;
  gone bigint;
  active_gone bigint;
begin
  select c.* into m from find_calendar() c where c.month = this;
  delete from detection d where d.event_time >= m.starts_at and d.event_time < m.ends_at and d.device_id = device;
  get diagnostics gone = row_count;
  update erasure e set detections = e.detections + gone where e.erasure_id = line;
  delete from infection i where i.month = this and i.device_id = device and i.threat_id = 0;
  get diagnostics active_gone = row_count;
  delete from infection i where i.month = this and i.device_id = device and i.threat_id <> 0;
  get diagnostics gone = row_count;
  update erasure e set infections = e.infections + gone, active = e.active + active_gone where e.erasure_id = line;
end
$$;

revoke execute on function is_distributed(), create_like(text, text), default_months(text),
  missing_partitions(date, date), find_months_in_default_on_nodes(), find_stored_months(),
  find_stored_months_on_nodes(), find_calendar(), find_storage(), infected_months(date), drop_leftovers(date),
  forget_rows(date, uuid, integer) from public;
grant execute on function is_distributed(), default_months(text), find_months_in_default_on_nodes(),
  find_stored_months(), find_stored_months_on_nodes(), find_calendar(), find_storage() to kansen_loader, kansen_reader;
