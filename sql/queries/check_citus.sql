-- `db check`, where Citus is there and its nodes answer: how the tables are spread over them, their settings, and what a
-- broken commit has left behind.
with detection (id) as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'kansen' and c.relname = 'detection'
), asked as materialized (
  select format('%s:%s', w.nodename, w.nodeport) as node, w.result
  from run_command_on_workers($node$
    select json_build_object(
      'settings', (select json_object_agg(name, setting) from pg_settings where name in ('fsync', 'full_page_writes',
        'synchronous_commit', 'autovacuum', 'max_connections', 'max_prepared_transactions', 'max_locks_per_transaction')),
      'relations', (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'kansen' and c.relkind in ('r', 'p', 'i', 'I')),
      'prepared', (select count(*) from pg_prepared_xacts
        where database = current_database() and gid like 'citus\_%' and prepared < now() - interval '5 minutes'),
      'members', (select json_agg(json_build_array(r.rolname, m.rolname)) from pg_auth_members a
        join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member))
  $node$) w
), node as materialized (
  select node, result::json -> 'settings' as settings, (result::json ->> 'relations')::bigint as relations,
    (result::json ->> 'prepared')::bigint as prepared, result::json -> 'members' as members
  from asked
), setting as (
  select n.node, s.key as name, s.value from node n, json_each_text(n.settings) s
), placed as (
  select n.groupid, count(p.placementid) as shards
  from pg_dist_node n
  left join (select p.placementid, p.groupid from pg_dist_placement p
    join pg_dist_shard s using (shardid) join detection d on d.id = s.logicalrelid) p
    on p.groupid = n.groupid
  where n.noderole = 'primary' and (n.shouldhaveshards or p.placementid is not null)
  group by 1
), spread as (
  select sum(shards) as shards, count(*) as nodes, min(shards) as least, max(shards) as most from placed
), here as (
  select exists (select from pg_dist_partition p join detection d on d.id = p.logicalrelid) as is_distributed
)
select 'note' as kind, 'Citus' as name, 'nothing is distributed' as value,
  'The extension is there, and kansen''s tables lie on this server alone.' as why, 'kansen db distribute' as way_on
from here
where not is_distributed
union all
select 'hurts', 'shards', format('%s on %s nodes', shards, nodes), 'A node without a shard has nothing to do.',
  'select citus_rebalance_start(); or select alter_distributed_table(''kansen.detection'', shard_count => N,'
  ' cascade_to_colocated => true);'
from spread, here
where is_distributed and least = 0
union all
select 'note', 'shards', format('%s on one node, %s on another', most, least),
  'The node that has most is the one that all wait for.', 'select citus_rebalance_start();'
from spread, here
where is_distributed and least > 0 and most > least + 1
union all
select 'note', 'shards', format('%s a node', most),
  'A batch writes to each of them, one after the other: more than a node has cores cost time and gain nothing.',
  'select alter_distributed_table(''kansen.detection'', shard_count => N, cascade_to_colocated => true);'
from spread, here
where is_distributed and most > 16
union all
select 'hurts', 'citus.multi_shard_commit_protocol', setting,
  'A crash between the commits of two nodes leaves a batch stored in part.',
  'alter system set citus.multi_shard_commit_protocol = ''2pc''; select pg_reload_conf();'
from pg_settings
where name = 'citus.multi_shard_commit_protocol' and setting <> '2pc'
union all
select 'hurts', 'citus.recover_2pc_interval', setting,
  'What a crash interrupts between two nodes stays prepared there, with its locks, until somebody ends it.',
  'alter system reset citus.recover_2pc_interval; select pg_reload_conf();'
from pg_settings
where name = 'citus.recover_2pc_interval' and setting::bigint < 0
union all
select 'hurts', 'Citus Maintenance Daemon', 'does not run in this database',
  'What a crash interrupts between two nodes stays prepared there: it is who ends it. PostgreSQL has no process left for'
  ' it: each database with Citus on this server needs one of max_worker_processes.',
  format('alter system set max_worker_processes = %s; then restart PostgreSQL',
    2 * current_setting('max_worker_processes')::integer)
from here
where is_distributed and pg_has_role('pg_read_all_stats', 'usage') -- others see no names of processes
  -- It starts with the first statement that asks a node.
  and pg_postmaster_start_time() < now() - interval '1 minute'
  and not exists (select from pg_stat_activity
    where datname = current_database() and application_name = 'Citus Maintenance Daemon')
union all
select 'hurts', 'prepared transaction', format('%s on %s, older than five minutes', prepared, node),
  'They hold their locks, and no dead row is removed there.', 'select recover_prepared_transactions(); as superuser, here'
from node
where prepared > 0
union all
select 'hurts', s.name, format('%s on %s', s.value, s.node),
  'A crash of that machine loses or damages what is stored there, as it would here.',
  format('there: alter system set %I = on; select pg_reload_conf();', s.name)
from setting s
where s.name in ('fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum') and s.value = 'off'
union all
select 'hurts', 'max_prepared_transactions', format('%s on %s', s.value, s.node),
  'Each batch is prepared there before it is committed; with as many sessions as this server takes, some would fail.',
  format('there: alter system set max_prepared_transactions = %s; then restart PostgreSQL',
    current_setting('max_connections'))
from setting s
where s.name = 'max_prepared_transactions' and s.value::bigint < current_setting('max_connections')::bigint
union all
select 'hurts', 'max_connections', format('%s on %s', s.value, s.node),
  'Each session here has one of its own there; with as many as this server takes, some would be refused.',
  format('there: alter system set max_connections = %s; then restart PostgreSQL', current_setting('max_connections'))
from setting s
where s.name = 'max_connections' and s.value::bigint < current_setting('max_connections')::bigint
union all
select 'hurts', 'max_locks_per_transaction', format('%s on %s', n.settings ->> 'max_locks_per_transaction', n.node),
  format('It has %s tables and indexes: four statements over all months at a time may end with "out of shared memory".',
    n.relations),
  format('there: alter system set max_locks_per_transaction = %s; then restart PostgreSQL',
    (8 * n.relations / room.sessions / 64 + 1) * 64)
from node n
cross join lateral (select (n.settings ->> 'max_connections')::bigint
  + (n.settings ->> 'max_prepared_transactions')::bigint as sessions) room
where n.relations * 4 > (n.settings ->> 'max_locks_per_transaction')::bigint * room.sessions
union all
select 'hurts', 'role', format('%s is no member of %s on %s', m.rolname, r.rolname, n.node),
  'Citus goes there as the role that asks here, and it would be refused.', 'kansen db distribute, which makes it'
from pg_auth_members a
join pg_roles r on r.oid = a.roleid
join pg_roles m on m.oid = a.member
cross join node n
cross join here
where is_distributed and r.rolname in ('kansen_owner', 'kansen_loader', 'kansen_reader', 'kansen_publisher')
  and not m.rolsuper
  and not exists (select from json_array_elements(n.members) e
    where e.value ->> 0 = r.rolname and e.value ->> 1 = m.rolname)
union all
select 'hurts', 'right', 'kansen_reader may not read what is distributed',
  'On the nodes the views of report shield nothing: who reads them needs the right on the tables.',
  'kansen db distribute, which gives it'
from here
where is_distributed and to_regrole('kansen_reader') is not null
  and not has_table_privilege('kansen_reader', (select id from detection), 'select')
