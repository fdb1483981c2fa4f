-- Called by `db relocate` for each chunk: the detections behind the place $1, $2, $3 up to $5, $6, $7 (null: the
-- end of the month, $4) that are to be looked up again, $10 at most: not those that were looked up in the
-- MaxMind DB with the id $8, nor those that said their country themselves. Of those that were stored by a
-- version that did not note it, those are meant that have no country. $9, unless null: only those that have
-- this country, whoever stored them.
select (extract(epoch from event_time) * 1000000)::bigint, device_id, event_id, name_id, country, geoip_id,
  host(address)
from detection
where event_time >= $1::timestamptz and event_time < $4::timestamptz
  and (event_time, device_id, event_id) > ($1::timestamptz, $2::uuid, $3::uuid)
  and ($5::timestamptz is null
    or (event_time, device_id, event_id) <= ($5::timestamptz, $6::uuid, $7::uuid))
  and address is not null and geoip_id is distinct from 0 and geoip_id is distinct from $8::smallint
  and country = coalesce($9, case when geoip_id is null then 'ZZ' else country end)
limit $10::integer;
