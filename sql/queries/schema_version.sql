-- Called by schema_check, also by the reader: the version of the newest migration, who asks, whether it may
-- use the tables, and whether it may become their owner.
select version, current_user, has_schema_privilege('kansen', 'usage'),
  exists (select from pg_roles where rolname = 'kansen_owner' and pg_has_role(oid, 'member'))
from report.schema_version;
