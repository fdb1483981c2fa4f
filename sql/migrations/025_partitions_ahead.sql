-- Partitions are made, and what lies in a default partition is moved into them, without locking writers out
-- (sql/partitions.h). Run as the role kansen_owner.
drop function make_partitions(date, date);

create table growing_partition (
  month date primary key,
  grown_to timestamptz not null
);
comment on table growing_partition is
  'Partitions of detection that have taken over a part of their month from the default partition: up to'
  ' where. `db maintain` goes on there.';
grant select on growing_partition to kansen_loader;

-- Adds partitions of one table (detection, infection) for months of which nothing lies in the default
-- partition; the others are left out. How many were added. Nobody but who writes into the default partition
-- or reads it waits, for as long as that partition takes to be looked through.
create function add_partitions(parent text, months date[]) returns integer
language plpgsql as $$
declare
  spare text := parent || '_default';
  m record;
  filled boolean;
  added integer := 0;
begin
  -- Somebody else may have made some meanwhile.
  months := array(select c.month from unnest(months) c (month)
    where to_regclass('kansen.' || parent || '_' || to_char(c.month, 'YYYY_MM')) is null order by c.month);
  for m in select to_char(c.month, 'YYYY_MM') as suffix from unnest(months) c (month) loop
    execute format('create table %I (like %I including all)', parent || '_' || m.suffix, parent);
  end loop;
  execute format('lock table only %I in share update exclusive mode', parent);
  execute format('lock table %I in access exclusive mode', spare);
  for m in
    select c.month, c.starts_at, c.ends_at, parent || '_' || to_char(c.month, 'YYYY_MM') as name
    from calendar_month c
    where c.month = any (months)
    order by c.month
  loop
    if parent = 'detection' then
      filled := exists (select from detection_default d
        where d.event_time >= m.starts_at and d.event_time < m.ends_at);
    else
      filled := exists (select from infection_default i where i.month = m.month);
    end if;
    if filled then
      execute format('drop table %I', m.name);
      continue;
    end if;
    perform attach_month(parent, m.month, null);
    added := added + 1;
  end loop;
  return added;
end
$$;

-- Attaches the table of a month: all of it, or what is in front of an instant.
create function attach_month(parent text, this date, up_to timestamptz) returns void
language plpgsql as $$
declare
  m calendar_month := (select c from calendar_month c where c.month = this);
begin
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent,
    parent || '_' || to_char(this, 'YYYY_MM'),
    case parent when 'detection' then m.starts_at::text else this::text end,
    case parent when 'detection' then coalesce(up_to, m.ends_at)::text
      else (this + interval '1 month')::date::text end);
end
$$;

-- Makes the default partition of a table the one of a month, when there are rows of no other month in it, and
-- a new one in its place. No row is touched, so that every snapshot goes on seeing each of them once.
create function turn_default_into_month(parent text, this date) returns void
language plpgsql as $$
declare
  spare text := parent || '_default';
  name text := parent || '_' || to_char(this, 'YYYY_MM');
begin
  execute format('alter table %I detach partition %I', parent, spare);
  execute format('alter table %I rename to %I', spare, name);
  execute format('alter index %I rename to %I', spare || '_pkey', name || '_pkey');
  execute format('revoke all on %I from kansen_loader', name);
  perform attach_month(parent, this, null);
  execute format('create table %I (like %I including all)', spare, parent);
  execute format('grant select on %I to kansen_loader', spare);
  execute format('alter table %I attach partition %I default', parent, spare);
end
$$;

-- Moves the next rows of a month out of the default partition into the partition of the month, which it makes
-- or lets grow: about so many rows of detection, all that there are of infection, whose months can't be cut.
-- How many rows, and whether the partition has the whole month now. A row is in one of both in every snapshot.
create function grow_partition(parent text, this date, step bigint, out moved bigint, out whole boolean)
language plpgsql as $$
declare
  m calendar_month := (select c from calendar_month c where c.month = this);
  low timestamptz := case parent when 'detection' then
    (select g.grown_to from growing_partition g where g.month = this) end;
  is_new boolean := low is null;
  spare text := parent || '_default';
  name text := parent || '_' || to_char(this, 'YYYY_MM');
  inside text;
  edge timestamptz;
begin
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
  execute format('select count(*) > $1 from (select from %I where %s limit $1 + 1) counted', spare, inside)
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
  if is_new then
    execute format('create table %I (like %I including all)', name, parent);
  else
    execute format('alter table %I detach partition %I', parent, name);
  end if;
  execute format('with moved as (delete from %I where %s returning *) insert into %I select * from moved',
    spare, case parent when 'detection' then format('event_time >= %L and event_time < %L', low, edge)
      else inside end, name);
  get diagnostics moved = row_count;
  perform attach_month(parent, this, edge);
  delete from growing_partition g where parent = 'detection' and g.month = this;
  if not whole then
    insert into growing_partition (month, grown_to) values (this, edge);
  end if;
end
$$;

revoke execute on function add_partitions(text, date[]), attach_month(text, date, timestamptz),
  turn_default_into_month(text, date), grow_partition(text, date, bigint) from public;
