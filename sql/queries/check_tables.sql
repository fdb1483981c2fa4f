-- `db check`: tables that autovacuum leaves alone or is behind with, and rows that don't move in place.
select 'hurts' as kind, 'autovacuum' as name, format('off for kansen.%I', c.relname) as value,
  'Its dead rows stay, and nobody freezes it until transaction numbers run short.' as why,
  format('alter table kansen.%I reset (autovacuum_enabled);', c.relname) as way_on
from pg_class c
where c.relnamespace = to_regnamespace('kansen') and c.relkind = 'r'
  and exists (select from unnest(c.reloptions) as option where option ~ '^autovacuum_enabled=(off|false|no|0)$')
union all
select 'hurts', 'dead rows', format('%s of %s in kansen.%I', s.n_dead_tup, s.n_live_tup + s.n_dead_tup, s.relname),
  'Autovacuum doesn''t keep up with it, or is kept from its work by what else is said here.',
  format('vacuum (analyze) kansen.%I;', s.relname)
from pg_stat_all_tables s
where s.schemaname = 'kansen' and s.n_dead_tup > 100000 and s.n_dead_tup > s.n_live_tup / 2
  and coalesce(s.last_autovacuum, '-infinity') < now() - interval '1 hour'
union all
select 'note', 'fillfactor', format('%s%% of the updates of kansen.%I stayed on their page',
    100 * s.n_tup_hot_upd / s.n_tup_upd, s.relname),
  'The others had no room there, and add to each index and to what vacuum has to do.',
  format('alter table kansen.%I set (fillfactor = 50); vacuum full kansen.%I;', s.relname, s.relname)
from pg_stat_all_tables s
where s.schemaname = 'kansen' and s.relname = 'kafka_offset' and s.n_tup_upd > 100000 and s.n_tup_hot_upd < s.n_tup_upd / 2
