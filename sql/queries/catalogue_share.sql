-- Called by the store inside each batch: keeps `threat set` and `threat remove` out until the commit.
select pg_advisory_xact_lock_shared(hashtext('kansen threats'));
