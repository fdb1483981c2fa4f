-- Called by `db relocate` behind a month, with the lock of catalogue_lock: workers note anew in what the
-- countries of the month $1 were looked up, unless in the MaxMind DB with the id $2.
with all_months as (
  update catalogue set renoted = renoted + 1
)
update geoip_use set noted = false where month = $1 and geoip_id <> $2::smallint;
