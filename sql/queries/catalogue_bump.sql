-- Called by `threat set` and `threat remove` with the lock of catalogue_lock: every worker matches
-- its names anew.
update catalogue set version = version + 1;
