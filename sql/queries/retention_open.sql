-- Called with the lock of catalogue_lock when the month $1 could not be dropped, or an interrupted run closed it.
delete from closed_month where month = $1::date and dropped_at is null and infections_dropped_at is null;
