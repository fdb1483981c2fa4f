-- Called by `threat set` with the lock of catalogue_lock, behind catalogue_bump: months are counted anew, so
-- infections that workers know to be stored will be deleted.
update catalogue set forgotten = forgotten + 1;
