-- Called by the store inside a batch: $1 is the build time of a MaxMind DB, in seconds since 1970.
insert into geoip_database (built_at) values (to_timestamp($1::bigint)) on conflict do nothing;
