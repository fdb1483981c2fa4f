-- Called by recount_stored in front of each month and behind the last: what is staged of another one goes.
truncate recount_stage;
