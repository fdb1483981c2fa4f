-- Called by `threat set` and `threat remove`: waits for the batches under way, keeps new ones out
-- until the commit.
select pg_advisory_xact_lock(hashtext('kansen threats'));
