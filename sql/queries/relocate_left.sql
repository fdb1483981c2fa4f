-- Called by `db relocate` behind relocate_unnote: in what the countries of the detections from $1 to before $2
-- were looked up, as geoip_use has it; how many of each are still to be looked up in the MaxMind DB with
-- the id $3 ($4: as $9 of relocate_read); how many were left alone, without $4, because nobody knows whether
-- their country was looked up at all.
select coalesce(geoip_id, -2),
  count(*) filter (where address is not null and geoip_id is distinct from 0
    and geoip_id is distinct from $3::smallint
    and country = coalesce($4, case when geoip_id is null then 'ZZ' else country end)),
  count(*) filter (where address is not null and geoip_id is null and country <> 'ZZ' and $4 is null)
from detection
where event_time >= $1::timestamptz and event_time < $2::timestamptz
group by geoip_id;
