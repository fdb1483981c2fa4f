-- Called by `threat set` and `threat remove`: one of them at a time, until the connection ends.
select pg_advisory_lock(hashtext('kansen threat set'));
