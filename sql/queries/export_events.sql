-- Called by export_month: the events from $1 to before $2, each as a line of our own format. The country is the one
-- that is counted; "located" says in which MaxMind DB it was looked up, and stays the last: ingest/event/looked_up.h
-- reads it when the file of a dropped month goes back. What a label lacks is not in the line.
declare export no scroll cursor for
with build as materialized (
  select geoip_id, to_char(built_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || coalesce(' ' || fingerprint, '')
    as text
  from geoip_database
)
select json_strip_nulls(json_build_object(
  'id', d.event_id,
  'time', to_char(d.event_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'device', d.device_id,
  'name', n.name,
  'country', d.country,
  'ip', host(d.address),
  'sha256', encode(d.sha256, 'hex'),
  'vendor', nullif(p.vendor, ''),
  'product', nullif(p.product, ''),
  'version', nullif(p.version, ''),
  'action', a.action,
  'os', o.os,
  'segment', s.segment,
  'located', case when d.geoip_id = -1 then 'nowhere'
    else g.text end))
from detection d
join malware_name n using (name_id)
left join product p using (product_id)
left join action a using (action_id)
left join os o on o.os_id = d.os_id
left join segment s on s.segment_id = d.segment_id
left join build g on g.geoip_id = d.geoip_id and d.geoip_id > 0
where d.event_time >= $1::timestamptz and d.event_time < $2::timestamptz
order by d.event_time, d.device_id, d.event_id;
