-- Called by schema_init and schema_migrate as the connecting user: the role of those who publish editions,
-- which came later than the others. Whoever may not create roles goes on without it, and `kansen publish`
-- says that it is missing.
do $$
begin
  if to_regrole('kansen_publisher') is null then
    create role kansen_publisher nologin;
  end if;
  if not pg_has_role('kansen_publisher', 'kansen_reader', 'member') then
    grant kansen_reader to kansen_publisher;
  end if;
exception
  when insufficient_privilege then
    raise notice 'role kansen_publisher is not made: %', sqlerrm;
  when duplicate_object or unique_violation then
    null; -- another database of this cluster was initialised at the same moment
end
$$;
