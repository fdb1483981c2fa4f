-- `db check`: is there room for the locks of all partitions? A statement over all months locks each partition and
-- its index, and so do pg_dump and `db maintain`; they share one table of locks with everybody else.
with needed as (
  select count(*) as relations
  from pg_class
  where relnamespace = to_regnamespace('kansen') and relkind in ('r', 'p', 'i', 'I')
),
room as (
  select current_setting('max_locks_per_transaction')::bigint as each,
    current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint as sessions
)
select 'hurts' as kind, 'max_locks_per_transaction' as name, room.each::text as value,
  format('There is room for %s locks, and %s tables and indexes: four statements over all months at a time, or a'
    ' pg_dump beside them, may end with "out of shared memory".', room.each * room.sessions, needed.relations) as why,
  format('alter system set max_locks_per_transaction = %s; then restart PostgreSQL',
    greatest(2 * room.each, (8 * needed.relations / room.sessions / 64 + 1) * 64)) as way_on
from needed, room
where needed.relations * 4 > room.each * room.sessions
