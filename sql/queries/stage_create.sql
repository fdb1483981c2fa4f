-- Called by the store on each new connection: where rows wait that can't be copied straight in. The
-- tables are this connection's own and empty after every transaction. What is staged is looked up in an index
-- row by row: a page of it is taken to cost what it does in memory or on an SSD, not what it did on a disk that
-- turns, for which PostgreSQL would rather read a whole month.
set random_page_cost = 1.1;
create temporary table stage_detection (
  ordinal integer not null,
  event_time timestamptz not null,
  device_id uuid not null,
  event_id uuid not null,
  name_id integer not null,
  product_id integer,
  action_id integer,
  country text not null,
  address inet,
  sha256 bytea,
  geoip_id smallint,
  os_id integer,
  segment_id integer
) on commit delete rows;
create temporary table stage_infection (
  ordinal integer not null,
  month date not null,
  threat_id integer not null,
  device_id uuid not null,
  country text not null,
  first_seen timestamptz not null,
  first_event_id uuid not null,
  name_id integer not null,
  product_id integer,
  os_id integer,
  segment_id integer
) on commit delete rows;
create temporary table stage_letter (
  source text not null,
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  element integer not null,
  value_hash uuid not null,
  reason text not null,
  detail text not null,
  key bytea,
  value bytea,
  headers bytea[],
  arrived_at timestamptz,
  heartbeat boolean not null
) on commit delete rows;
