-- Tables of kansen. Run as the role kansen_owner by `kansen db init|migrate`; search_path is kansen.

-- Settings fixed at init.
create table setting (
  name text primary key,
  value text not null
);
comment on table setting is 'Settings of this database; timezone is fixed at init.';

-- Where each month of the report time zone starts. Filled once at init, so that a later change of
-- the time zone rules can never move an event that has been counted into another month.
create table calendar_month (
  month date primary key,
  starts_at timestamptz not null unique,
  ends_at timestamptz not null
);
comment on table calendar_month is 'First instant of each month, and of the next, in the report time zone.';

-- Dictionaries: what repeats in millions of detections is stored once.
create table malware_name (
  name_id integer generated always as identity primary key,
  name text collate "C" not null unique
);

create table product (
  product_id integer generated always as identity primary key,
  vendor text collate "C" not null,
  product text collate "C" not null,
  version text collate "C" not null,
  unique (vendor, product, version)
);

create table action (
  action_id integer generated always as identity primary key,
  action text collate "C" not null unique
);

-- Every accepted event. Time comes first in the key because arrivals are nearly in time order: the
-- index grows at its right edge.
create table detection (
  event_time timestamptz not null,
  device_id uuid not null,
  event_id uuid not null,
  name_id integer not null,
  product_id integer,
  action_id integer,
  country text collate "C" not null,
  address inet,
  sha256 bytea,
  primary key (event_time, device_id, event_id)
) partition by range (event_time);
create table detection_default partition of detection default;

-- A threat is defined again under a new threat_id: the old one is read until the new one has been
-- counted, then removed.
create table threat (
  threat_id integer generated always as identity primary key,
  name text collate "C" not null,
  name_en text not null,
  name_ja text not null,
  state text not null default 'counting' check (state in ('counting', 'ready')),
  defined_at timestamptz not null default now(),
  unique (name, state)
);

create table threat_rule (
  threat_id integer not null references threat on delete cascade,
  pattern text collate "C" not null,
  primary key (threat_id, pattern)
);

-- One row. A worker compares version with the one it matched names by, inside every batch.
create table threat_catalogue (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into threat_catalogue values (true, 1);

-- The exact set behind every count. Rows are only added, or moved to an earlier first_seen.
create table infection (
  month date not null,
  threat_id integer not null,
  device_id uuid not null,
  country text collate "C" not null,
  first_seen timestamptz not null,
  first_event_id uuid not null,
  primary key (month, threat_id, device_id)
) partition by range (month);
create table infection_default partition of infection default;

-- The counts that reports read. slot is that of kafka_offset, 0 for files and recounts, so that two
-- workers never touch the same row; a slot alone can be negative, the sum over slots can't.
create table infection_count (
  month date not null,
  threat_id integer not null,
  country text collate "C" not null,
  slot integer not null,
  infections bigint not null,
  detections bigint not null,
  primary key (month, threat_id, country, slot)
);

-- How far each partition has been stored; written in the transaction of the rows it stands for.
create table kafka_offset (
  slot integer generated always as identity primary key,
  cluster text not null,
  group_id text not null,
  topic text not null,
  incarnation integer not null default 1,
  partition integer not null,
  next_offset bigint not null default 0,
  last_offset bigint,
  fingerprint bytea,
  epoch bigint not null default 0,
  owner text not null default '',
  backend_pid integer,
  backend_start timestamptz,
  updated_at timestamptz not null default now(),
  unique (cluster, group_id, topic, incarnation, partition)
);
comment on column kafka_offset.last_offset is
  'Offset of the last message stored, whose fingerprint is kept; null before the first.';
comment on column kafka_offset.incarnation is
  'Grows when an operator accepts that the topic was deleted and created again.';

-- The MaxMind DBs that countries were looked up in.
create table geoip_database (
  built_at timestamptz primary key,
  first_used_at timestamptz not null default now()
);

-- Rejected events, whole. value_hash keeps a changed file, or a topic created again, from hiding
-- behind a position that is already taken.
create table dead_letter (
  source text not null,
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  value_hash uuid not null,
  reason text not null,
  detail text not null,
  key bytea,
  value bytea,
  rejected_at timestamptz not null default now(),
  primary key (source, topic, partition, "offset", value_hash)
);
comment on column dead_letter.source is 'kafka:CLUSTER, or file';
comment on column dead_letter.topic is 'Kafka topic, or path of the file';
comment on column dead_letter."offset" is 'Kafka offset, or line number from 1';
comment on column dead_letter.value is 'The bytes as they came; null for a Kafka tombstone.';

-- Makes the partitions of the months from 14 months ago (the default policy reaches 400 days back)
-- to 3 months ahead, of the months from first to last when given, and of every month with rows in a
-- default partition, which are moved. Returns how many were made. For the owner only.
create function make_partitions(first date, last date) returns integer
language plpgsql as $$
declare
  this_month date := date_trunc('month', now() at time zone
    (select value from setting where name = 'timezone'))::date;
  m record;
  made integer := 0;
begin
  -- Nobody may write into a default partition between the move and the attach.
  lock table detection, infection in share row exclusive mode;
  for m in
    select c.month, c.starts_at, c.ends_at, to_char(c.month, 'YYYY_MM') as suffix
    from calendar_month c
    where (c.month between this_month - interval '14 months' and this_month + interval '3 months'
      or c.month between first and last
      or exists (select from detection_default d
        where d.event_time >= c.starts_at and d.event_time < c.ends_at)
      or exists (select from infection_default i where i.month = c.month))
      and to_regclass('kansen.detection_' || to_char(c.month, 'YYYY_MM')) is null
    order by c.month
  loop
    execute format('create table %I (like detection including all)', 'detection_' || m.suffix);
    execute format('with moved as (delete from detection_default
      where event_time >= %L and event_time < %L returning *) insert into %I select * from moved',
      m.starts_at, m.ends_at, 'detection_' || m.suffix);
    execute format('alter table detection attach partition %I for values from (%L) to (%L)',
      'detection_' || m.suffix, m.starts_at, m.ends_at);

    execute format('create table %I (like infection including all)', 'infection_' || m.suffix);
    execute format('with moved as (delete from infection_default
      where month = %L returning *) insert into %I select * from moved',
      m.month, 'infection_' || m.suffix);
    execute format('alter table infection attach partition %I for values from (%L) to (%L)',
      'infection_' || m.suffix, m.month, (m.month + interval '1 month')::date);
    made := made + 1;
  end loop;
  return made;
end
$$;
revoke execute on function make_partitions(date, date) from public;

-- Does a malware name match a threat's pattern? * is any text, ? one character, the whole name
-- counts, ASCII case is ignored (lower of collation "C" touches ASCII alone). This is the only
-- matcher: workers ask it once for each name they have not met before.
create function name_matches(name text, pattern text) returns boolean
language sql immutable parallel safe as $$
  select lower(name collate "C") like
    translate(
      replace(replace(replace(lower(pattern collate "C"), '\', '\\'), '%', '\%'), '_', '\_'),
      '*?', '%_')
$$;
