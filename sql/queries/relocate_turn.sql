-- Called by `db relocate`: one at a time, until the connection ends.
select pg_advisory_lock(hashtext('kansen relocate'));
