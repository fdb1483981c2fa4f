-- Called by retention_run: nobody looks addresses up again while months are exported. Not true: somebody does.
select pg_try_advisory_lock(hashtext('kansen relocate'))::integer;
