-- Called by schema_init and `db status`: the report time zone, no row before init.
select value from kansen.setting where name = 'timezone';
