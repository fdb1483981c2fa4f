-- Called by schema_check and schema_migrate: $1 is the text of a migration.
select md5($1);
