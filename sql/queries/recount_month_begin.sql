-- Called by recount_stored with the lock of catalogue_lock, under which the snapshot of the month is taken:
-- workers count the threat $1 in the month $2 from now on.
update recount_month set state = 'counting' where threat_id = $1 and month = $2;
