-- Called by schema_init and schema_migrate: one of them at a time in a database.
select pg_advisory_lock(hashtext('kansen schema'));
