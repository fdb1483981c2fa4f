-- Called by schema_check and schema_migrate: has this database been initialised?
select to_regclass('kansen.migration') is not null;
