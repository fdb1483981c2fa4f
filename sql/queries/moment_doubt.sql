-- Called by moment_begin with the lock of catalogue_lock: the nodes that have prepared what they have not committed, of
-- which a crash has left in doubt whether they will (null: none); and those that don't answer, with what they say.
select
  string_agg(format('%s:%s', nodename, nodeport), ', ' order by nodename, nodeport) filter (where success and result <> '0'),
  string_agg(format('%s:%s: %s', nodename, nodeport, result), ', ' order by nodename, nodeport) filter (where not success)
from run_command_on_workers($$
  select count(*) from pg_prepared_xacts where database = current_database() and gid like 'citus\_%'
$$);
