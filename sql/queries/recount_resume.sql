-- Called by `threat set` with the lock of catalogue_lock: a month of the threat $1 whose count was interrupted
-- will be counted anew, and workers don't count in it until then. Returns one row for each.
update recount_month set state = 'waiting' where threat_id = $1 and state = 'counting' returning month;
