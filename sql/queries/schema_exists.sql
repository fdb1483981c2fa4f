-- Called by schema_migrate, whoever asks: has this database been initialised?
select exists (
  select from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'kansen' and c.relname = 'migration');
