-- Called by schema_migrate: who asks, and whether it may become the owner of the tables.
select current_user,
  exists (select from pg_roles where rolname = 'kansen_owner' and pg_has_role(oid, 'member'));
