-- Called by schema_check, also by the reader: the version of the newest migration, who asks, whether it may
-- use the tables (publishers use those of editions alone), whether it may become their owner, whether it may
-- publish, and whether there is the role of those who may.
select version, current_user,
  has_schema_privilege('kansen', 'usage') and not exists (select from pg_roles
    where rolname = 'kansen_publisher' and pg_has_role(oid, 'usage'))
    or exists (select from pg_roles where rolname in ('kansen_loader', 'kansen_owner')
      and pg_has_role(oid, 'usage')),
  exists (select from pg_roles where rolname = 'kansen_owner' and pg_has_role(oid, 'member')),
  exists (select from pg_roles where rolname in ('kansen_publisher', 'kansen_owner')
    and pg_has_role(oid, 'usage')),
  exists (select from pg_roles where rolname = 'kansen_publisher')
from report.schema_version;
