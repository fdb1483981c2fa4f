-- Called by recount_stored in front of each month, by sweep_removed behind the last, and by forget_machine: what is staged of
-- another one, or of a recount that was interrupted, goes. Not truncated, which would wait for whoever dumps the database.
delete from recount_stage;
