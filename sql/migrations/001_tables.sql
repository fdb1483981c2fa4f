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
