-- Called by whoever changes what batches go by, or wants a moment between two of them: `threat set`, `threat remove`,
-- `db relocate`, `db forget`, retention, moment_begin. Waits for the batches under way, keeps new ones out until the commit.
select pg_advisory_xact_lock(hashtext('kansen threats'));
