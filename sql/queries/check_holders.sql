-- `db check`: who keeps dead rows from being removed: sessions, prepared transactions, replication slots. State and
-- time of other roles' sessions are shown to members of pg_read_all_stats alone.
select 'hurts' as kind, 'open transaction' as name,
  format('%s of %s, connection %s, since %s UTC', coalesce(nullif(application_name, ''), 'a session'), usename, pid,
    to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')) as value,
  format('It is %s, and as long as its transaction lasts no dead row is removed: counts are read through ever longer'
    ' chains.', state) as why,
  format('select pg_terminate_backend(%s);', pid) as way_on
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and xact_start < now() - case
  when state like 'idle in transaction%' then interval '5 minutes' else interval '1 hour' end
  and backend_type = 'client backend' and application_name not like 'kansen %'
union all
select 'hurts', 'prepared transaction', format('%s of %s, since %s UTC', gid, owner,
    to_char(prepared at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')),
  'It holds its locks, and no dead row is removed, until somebody ends it.',
  format('rollback prepared %L; or commit prepared %L;', gid, gid)
from pg_prepared_xacts
where database = current_database() and prepared < now() - interval '5 minutes'
union all
select 'hurts', 'replication slot', format('%s, not read', slot_name),
  format('%s of the log are kept for it, and more every day%s.',
    pg_size_pretty(pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_receive_lsn()
      else pg_current_wal_lsn() end, restart_lsn)),
    case when xmin is not null or catalog_xmin is not null then ', and dead rows too' else '' end),
  format('select pg_drop_replication_slot(%L); unless its standby comes back soon', slot_name)
from pg_replication_slots
where not active and restart_lsn is not null
union all
select 'note', 'sessions', format('%s of other roles', count(*)),
  'Whether they hold a transaction open is not shown to us.',
  format('grant pg_read_all_stats to %I;', current_user)
from pg_stat_activity
where datname = current_database() and backend_type is null
having count(*) > 0
