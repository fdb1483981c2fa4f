-- `db check`: are there connections left? Each worker and each command has one.
select 'hurts' as kind, 'max_connections' as name, current_setting('max_connections') as value,
  format('%s of them are in use: a worker that starts now may be refused.', used.count) as why,
  format('alter system set max_connections = %s; then restart PostgreSQL. Or a pooler in front, in session mode',
    2 * current_setting('max_connections')::integer) as way_on
from (select count(*) from pg_stat_activity where backend_type = 'client backend') used
where used.count > 0.8 * (current_setting('max_connections')::integer
  - current_setting('superuser_reserved_connections')::integer)
