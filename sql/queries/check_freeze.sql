-- `db check`: how far is it until transaction numbers run out? PostgreSQL stops at 2,000 million; autovacuum
-- begins in good time, and that it hasn't come through at three times that point has a cause.
select case when age > 1500000000 then 'hurts' else 'note' end as kind, 'freeze age' as name,
  format('%s million transactions', age / 1000000) as value,
  'At 2,100 million nothing can be written any more. Autovacuum should have frozen old rows by now: a session, slot or'
  ' prepared transaction may keep it from that, or it is too slow.' as why,
  format('vacuumdb --freeze --jobs 2 %s, and what else is said here', quote_ident(current_database())) as way_on
from (
  select greatest(age(datfrozenxid), mxid_age(datminmxid))::bigint as age from pg_database
  where datname = current_database()
) database
where age > 3 * least(current_setting('autovacuum_freeze_max_age')::bigint, 400000000)
