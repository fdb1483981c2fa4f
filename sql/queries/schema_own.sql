-- Called as the connecting user by schema_init behind schema_bootstrap, and behind a migration that was not made as
-- kansen_owner (sql/owner.h). A database that was restored into a cluster without kansen's roles belongs to whoever
-- restored it, its schemas included: everything in them becomes kansen_owner's. Schemas come first, since an owner
-- must be allowed to create in them.
do $$
declare
  command text;
begin
  for command in
    select format('alter schema %I owner to kansen_owner', nspname)
    from pg_namespace
    where nspname in ('kansen', 'report') and nspowner <> 'kansen_owner'::regrole
  loop
    execute command;
  end loop;
  for command in
    select format('alter %s %s owner to kansen_owner',
      case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
        else 'table' end, c.oid::regclass)
    from pg_class c
    where relnamespace in ('kansen'::regnamespace, 'report'::regnamespace)
      and relkind in ('r', 'p', 'v', 'm', 'S') and relowner <> 'kansen_owner'::regrole
      -- Sequences of columns go with their tables.
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass
        and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        and c.relkind = 'S')
    union all
    select format('alter routine %s owner to kansen_owner', p.oid::regprocedure)
    from pg_proc p
    where pronamespace in ('kansen'::regnamespace, 'report'::regnamespace)
      and proowner <> 'kansen_owner'::regrole
  loop
    execute command;
  end loop;
end
$$;
