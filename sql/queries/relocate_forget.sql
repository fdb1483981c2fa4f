-- Called by `db relocate` behind relocate_left: no detection of the month $1 has another geoip_id than $2, but
-- for those of which a worker has said so since.
with gone as (
  delete from geoip_use where month = $1 and not noted and geoip_id <> all ($2::smallint[])
)
update geoip_use set noted = true where month = $1 and not noted and geoip_id = any ($2::smallint[]);
