-- Called by distribution_plan, where Citus is there: its version, whether the server is a standby, whether the
-- coordinator is in its own list of nodes, how many nodes take shards, their names, those that are not active (null:
-- none), and how many shards a table is cut into unless somebody says: so many that each node gets as many as the
-- others, four at least, and eight in all, and can give some away to nodes that come later. Last: whether months are still to
-- be counted by the dimensions of migration 017, whose statements Citus does not know.
select e.extversion, pg_is_in_recovery(), n.has_coordinator, n.takers, n.names, n.inactive,
  n.takers * greatest(4, (7 + n.takers) / nullif(n.takers, 0)),
  exists (select from kansen.dimension_recount)
from pg_extension e
cross join (
  select count(*) filter (where groupid = 0) > 0 as has_coordinator,
    count(*) filter (where shouldhaveshards and isactive) as takers,
    string_agg(format('%s:%s', nodename, nodeport), ', ' order by nodename, nodeport)
      filter (where shouldhaveshards and isactive) as names,
    string_agg(format('%s:%s', nodename, nodeport), ', ' order by nodename, nodeport) filter (where not isactive)
      as inactive
  from pg_dist_node
  where noderole = 'primary'
) n
where e.extname = 'citus';
