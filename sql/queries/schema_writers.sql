-- Called by schema_migrate in front of each migration, in its transaction. What others write is over when this
-- returns; a batch that comes behind the commit finds the catalogue changed, and whether its program knows
-- the new tables (schema_stays). Locks stand in the order in which batches take them: the turns of whoever
-- takes several, offsets, threats.
do $$
begin
  perform pg_advisory_xact_lock(hashtext('kansen relocate'));
  perform pg_advisory_xact_lock(hashtext('kansen threat set'));
  if to_regclass('kafka_offset') is not null then
    -- Reading goes on, unless the migration itself changes the table.
    lock table kafka_offset in exclusive mode;
  end if;
  perform pg_advisory_xact_lock(hashtext('kansen threats'));
  -- Programs older than migration 017 are stopped by what it put in the place of their catalogue.
  if to_regclass('catalogue') is not null then
    update catalogue set version = version + 1;
  end if;
end
$$;
