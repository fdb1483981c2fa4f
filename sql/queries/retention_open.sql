-- Called by retention_run with the lock of catalogue_lock when the month $1 could not be dropped.
delete from closed_month where month = $1::date and dropped_at is null and infections_dropped_at is null;
