-- Called by schema_init and schema_migrate when they are done.
select pg_advisory_unlock(hashtext('kansen schema'));
