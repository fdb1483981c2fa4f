-- `db check`: the server's version, the collation, how checkpoints come, and who waits for somebody else's copy.
select 'note' as kind, 'server version' as name, split_part(current_setting('server_version'), ' ', 1) as value,
  'kansen is tested with PostgreSQL 15 to 18.' as why, '' as way_on
where current_setting('server_version_num')::integer / 10000 not between 15 and 18
union all
select 'hurts', 'encoding', pg_encoding_to_char(encoding), 'Names are UTF-8, and others are refused.',
  'a new database with encoding UTF8, and the dump restored into it'
from pg_database
where datname = current_database() and pg_encoding_to_char(encoding) <> 'UTF8'
union all
select 'hurts', 'collation', format('%s, made with version %s, now %s', datcollate, datcollversion,
    pg_database_collation_actual_version(oid)),
  'The order of text has changed with the operating system: indexes on it may miss rows. Those of kansen go by bytes'
  ' and are not concerned, but what else lies in the database may be.',
  format('reindex database %I; alter database %I refresh collation version;', datname, datname)
from pg_database
where datname = current_database() and datcollversion <> pg_database_collation_actual_version(oid)
union all
select 'note', 'checkpoints', format('%s of %s came early', requested, requested + timed),
  'The log reached max_wal_size before the time was over.',
  format('alter system set max_wal_size = %L; select pg_reload_conf();',
    2 * pg_size_bytes(current_setting('max_wal_size')) / 1048576 || 'MB')
from (
  -- Named so until PostgreSQL 16; since 17 another view counts them.
  select (b ->> 'checkpoints_req')::bigint as requested, (b ->> 'checkpoints_timed')::bigint as timed
  from (select to_jsonb(w) as b from pg_stat_bgwriter w) bgwriter
) checkpoints
where requested > timed and requested > 20
union all
select 'hurts', 'archive_command', format('fails since %s UTC',
    to_char(coalesce(last_archived_time, stats_reset) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')),
  format('The log is kept until it is archived, and fills the disk; a backup ends where it ends. It failed at %s.',
    last_failed_wal),
  'its own message is in PostgreSQL''s log'
from pg_stat_archiver
where last_failed_time > coalesce(last_archived_time, '-infinity')
union all
select 'hurts', 'synchronous_standby_names', current_setting('synchronous_standby_names'),
  'Every commit waits for a standby, and none is connected.',
  'start the standby; or alter system reset synchronous_standby_names; select pg_reload_conf();'
where current_setting('synchronous_standby_names') <> '' and current_setting('synchronous_commit') not in ('off', 'local')
  and not pg_is_in_recovery() and not exists (select from pg_stat_replication)
union all
select distinct 'note', 'role', format('%s works as %s, a superuser', a.application_name, a.usename),
  'What it is tricked into, it may do; workers need no more than the rights of kansen_loader.',
  'create role NAME login in role kansen_loader; and let it connect as that'
from pg_stat_activity a
join pg_roles r on r.oid = a.usesysid
where a.datname = current_database() and a.application_name in ('kansen ingest', 'kansen load') and r.rolsuper
