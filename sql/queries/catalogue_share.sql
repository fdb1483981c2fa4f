-- Called by the store inside each batch, and by `db relocate` and `db forget` where they change rows and counts: keeps those
-- out until the commit who take catalogue_lock.
select pg_advisory_xact_lock_shared(hashtext('kansen threats'));
