-- Called by retention_run with the lock of catalogue_lock, behind catalogue_bump: infections that workers know to be
-- stored will be dropped.
update catalogue set forgotten = forgotten + 1;
