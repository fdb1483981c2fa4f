-- `db check`: settings of the server that hurt, each with the statement that mends it. Those that kansen sets for
-- its own sessions (jit) count as others have them: reset_val.
with setting as (
  select name, reset_val as value, context,
    case when reset_val = '-1' then -1 when reset_val ~ '^[0-9]+$' then reset_val::numeric
      * case unit when '8kB' then 8 when 'kB' then 1 when 'MB' then 1024
      when 'ms' then 0.001 when 'min' then 60 else 1 end end as number, -- kB, seconds
    case when unit in ('8kB', 'kB', 'MB') and reset_val ~ '^[0-9]+$' then pg_size_pretty(
      case when reset_val ~ '^[0-9]+$' then reset_val::bigint end
        * case unit when '8kB' then 8192 when 'kB' then 1024 else 1048576 end)
      else concat_ws(' ', reset_val, nullif(unit, '')) end as shown
  from pg_settings
),
-- What was set for the database or the role that asks stands in front of what the server has.
own (name, command) as (
  select distinct on (pair[1]) pair[1], case
      when s.setrole = 0 then format('alter database %I', current_database())
      when s.setdatabase = 0 then format('alter role %I', current_user)
      else format('alter role %I in database %I', current_user, current_database()) end
  from pg_db_role_setting s, unnest(s.setconfig) as c (text), regexp_match(c.text, '^([^=]*)=') as pair
  where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
    and s.setrole in (0, current_user::regrole)
  order by pair[1], s.setrole = 0, s.setdatabase = 0
),
rule (name, kind, is_bad, wanted, why) as (
  values
    ('fsync', 'hurts', 'off', 'on',
      'A crash of the machine can leave the database damaged beyond repair.'),
    ('full_page_writes', 'hurts', 'off', 'on',
      'A crash of the machine can leave pages half written, unless the file system never does that.'),
    ('zero_damaged_pages', 'hurts', 'on', 'off',
      'Pages that are damaged are emptied without an error: events disappear, and counts with them.'),
    ('ignore_checksum_failure', 'hurts', 'on', 'off',
      'What is read from damaged pages is taken for right.'),
    ('synchronous_commit', 'hurts', 'off', 'on',
      'A crash loses what was committed last. Kafka''s offsets go back with it and it is read again; files have to be'
      ' loaded again by hand.'),
    ('autovacuum', 'hurts', 'off', 'on',
      'Dead rows stay, batches get slower and slower, and in the end transaction numbers run out and nothing can be'
      ' written any more.'),
    ('track_counts', 'hurts', 'off', 'on',
      'Autovacuum doesn''t see what has changed, and does nothing.'),
    ('default_transaction_read_only', 'hurts', 'on', 'off',
      'Workers can''t store anything.'),
    ('max_wal_size', 'hurts', '< 1048576', '4GB',
      'Checkpoints come one after the other while much arrives, and every page is written to the log in full after'
      ' each.'),
    ('checkpoint_timeout', 'note', '< 300', '15min',
      'Checkpoints that come often write more to the log, and more slowly.'),
    ('checkpoint_completion_target', 'note', '< 0.5', '0.9',
      'A checkpoint writes all at once, and batches wait meanwhile.'),
    ('wal_compression', 'note', 'off', 'lz4',
      'The first change of a page behind each checkpoint writes the whole page to the log. Infections change pages all'
      ' over their index, and lz4 takes a quarter off it.'),
    ('idle_in_transaction_session_timeout', 'note', '= 0', '15min',
      'A session that is forgotten in a transaction keeps vacuum from its work, for weeks if need be. kansen''s own'
      ' sessions need no such limit, and set none.'),
    ('max_slot_wal_keep_size', 'note', '= -1', '20GB',
      'A replication slot that nobody reads any more fills the disk without limit.'),
    ('jit', 'note', 'on', 'off',
      'PostgreSQL compiles statements over many partitions, which takes longer than they do. kansen switches it off for'
      ' itself; analysts in psql wait for it.'),
    ('data_checksums', 'note', 'off', null,
      'A damaged page is not noticed. pg_checksums --enable switches them on while the server is stopped.')
)
select rule.kind, rule.name, setting.shown as value, rule.why,
  case when rule.wanted is null then ''
    when own.name is not null then format('%s reset %I; then restart the workers', own.command, rule.name)
    else format('alter system set %I = %L; %s', rule.name, rule.wanted,
      case setting.context when 'postmaster' then 'then restart PostgreSQL' else 'select pg_reload_conf();' end)
  end as way_on
from rule
join setting using (name)
left join own using (name)
where case
  when is_bad like '< %' then coalesce(number, value::numeric) < substr(is_bad, 3)::numeric
  when is_bad like '= %' then number = substr(is_bad, 3)::numeric
  else value = is_bad
end
and (rule.name <> 'max_slot_wal_keep_size' or exists (select from pg_replication_slots))
order by rule.kind, rule.name
