-- Called by the store inside a batch: the id of the MaxMind DB that was built at $1, in seconds since 1970,
-- and has the fingerprint $2. None when somebody else has added it since the statement began.
with found as (
  select geoip_id from geoip_database where built_at = to_timestamp($1::bigint) and fingerprint = $2::uuid
), added as (
  insert into geoip_database (built_at, fingerprint)
  select to_timestamp($1::bigint), $2::uuid
  where not exists (select from found)
  on conflict (built_at, fingerprint) do nothing
  returning geoip_id
)
select geoip_id from found
union all
select geoip_id from added;
