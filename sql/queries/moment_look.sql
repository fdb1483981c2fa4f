-- Called by moment_begin with the lock of catalogue_lock, in another transaction: each part of the large tables is
-- looked at, so that each node takes its snapshot between the same two batches. Citus knows no result without columns.
select (select count(*) from (select device_id from detection limit 1) one),
  (select count(*) from (select device_id from infection limit 1) one);
