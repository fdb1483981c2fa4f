-- Called by db_open where Citus is there: are we connected to one of its nodes, which is the coordinator, and are
-- kansen's tables distributed? As long as they are not, what is made stays on the coordinator: `db distribute` brings it
-- to the nodes.
select l.groupid operator(pg_catalog.<>) 0,
  (select pg_catalog.format('%s:%s', n.nodename, n.nodeport) from pg_catalog.pg_dist_node n
    where n.groupid operator(pg_catalog.=) 0 limit 1),
  d.are_distributed,
  pg_catalog.set_config('citus.enable_ddl_propagation', case when d.are_distributed then 'on' else 'off' end, false)
from pg_catalog.pg_dist_local_group l
cross join (
  select exists (select from pg_catalog.pg_dist_partition
    where logicalrelid operator(pg_catalog.=) pg_catalog.to_regclass('kansen.detection')) as are_distributed
) d;
