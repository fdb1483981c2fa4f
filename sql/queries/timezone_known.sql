-- Called by schema_init: $1 must be a name of the time zone database, not an abbreviation.
select exists (select from pg_timezone_names where name = $1);
