-- Called by `db relocate` for each chunk: its detections, from $2 to $3 (microseconds since 1970), have the
-- new country, looked up in the MaxMind DB with the id $1. How many they were: one that is no longer what was
-- read is none. As in detections_add_staged.
with staged as materialized (
  select * from pg_temp.stage_relocation
), located as (
  update detection d
  set country = s.new_country, geoip_id = $1::smallint
  from staged s
  where d.event_time >= timestamptz 'epoch' + $2::bigint * interval '1 microsecond'
    and d.event_time <= timestamptz 'epoch' + $3::bigint * interval '1 microsecond'
    and d.event_time = s.event_time and d.device_id = s.device_id and d.event_id = s.event_id
    and d.event_time - s.event_time = interval '0'
    and d.country = s.country and d.geoip_id is not distinct from s.geoip_id
  returning 1
)
select count(*) from located;
