-- Called by schema_check, schema_migrate and `db status`: the migrations applied so far.
select version, name, checksum, to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')
from kansen.migration
order by version;
