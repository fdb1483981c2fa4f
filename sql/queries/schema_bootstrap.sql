-- Called by schema_init as the connecting user: the roles and the schemas.
do $$
declare
  role_name text;
  schema_name text;
  -- Since PostgreSQL 16 a member may be one that can't become the role, and whoever creates a role
  -- without being superuser is such a member, with the right to make itself a better one.
  becoming constant text :=
    case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end;
begin
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'the encoding of database % is %, kansen needs UTF8',
      current_database(), current_setting('server_encoding') using errcode = '22023';
  end if;

  foreach role_name in array array['kansen_owner', 'kansen_loader', 'kansen_reader'] loop
    begin
      if not exists (select from pg_roles where rolname = role_name) then
        execute format('create role %I nologin', role_name);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of this cluster was initialised at the same moment
    end;
  end loop;

  if not pg_has_role(current_user, 'kansen_owner', becoming) then
    begin
      execute format('grant kansen_owner to %I', current_user);
    exception when insufficient_privilege then
      raise exception 'permission denied: role kansen_owner is there already, another database of this server has made'
        ' it; a superuser, or who made it, has to say: grant kansen_owner to %', quote_ident(current_user)
        using errcode = '42501';
    end;
  end if;

  -- Not `if not exists`, which only the owner of the database may say.
  foreach schema_name in array array['kansen', 'report'] loop
    if to_regnamespace(schema_name) is null then
      execute format('create schema %I authorization kansen_owner', schema_name);
    end if;
  end loop;
  -- For people in psql; kansen's own connections fix their search_path themselves.
  begin
    execute format('alter database %I set search_path = kansen, report, public', current_database());
  exception when insufficient_privilege then
    raise notice 'not the owner of the database: search_path is left alone';
  end;
end
$$;
