-- Called by `db relocate` on its connection: the detections of a chunk, with the country that is new. Empty
-- after every transaction.
create temporary table stage_relocation (
  event_time timestamptz not null,
  device_id uuid not null,
  event_id uuid not null,
  name_id integer not null,
  geoip_id smallint,
  country text collate "C" not null,
  new_country text collate "C" not null
) on commit delete rows;
