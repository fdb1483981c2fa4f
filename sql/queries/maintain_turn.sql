-- Called by partitions_maintain, `db relocate` and `db forget` in each step: never beside `threat set`, which reads in one connection and writes in
-- another, so that PostgreSQL would not see it and us waiting for each other.
select pg_advisory_xact_lock(hashtext('kansen threat set'));
