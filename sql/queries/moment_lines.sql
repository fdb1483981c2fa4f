-- Called by moment_begin in its transaction: one connection to each node, so that all that is read there until the
-- end is read in the snapshot that moment_look has taken. Whoever has locked a table while batches wait for us is not waited
-- for without end: he may wait for our other connection, which PostgreSQL can't know.
set local citus.max_adaptive_executor_pool_size = 1;
set local lock_timeout = '20s';
