-- Called by moment_begin in its transaction: one connection to each node, so that all that is read there until the
-- end is read in the snapshot that moment_look has taken.
set local citus.max_adaptive_executor_pool_size = 1;
