-- Called by labelling_run: one at a time, until the connection ends.
select pg_advisory_lock(hashtext('kansen labelling'));
