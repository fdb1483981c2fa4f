-- `db check`, where Citus is there, in front of what needs the nodes: those that don't answer. Citus asks each node as
-- whoever asks here.
select 'hurts' as kind, 'Citus' as name, format('%s:%s is not active', nodename, nodeport) as value,
  'What is stored on it is neither read nor written. Nothing else is checked until it is back.' as why,
  format('bring it back, then select citus_activate_node(%L, %s);', nodename, nodeport) as way_on
from pg_dist_node
where noderole = 'primary' and not isactive
union all
select 'hurts', 'Citus', format('%s:%s does not answer: %s', nodename, nodeport, result),
  'Workers wait for it, and so does every report of what lies there. Nothing else is checked until it is back.',
  'start it, and let the roles of kansen in from here'
from run_command_on_workers('select 1')
where not success
