-- Called by recount_stored behind the last part of a month: how many are staged still. recount_stage has no log, so a crash of
-- a node empties what of it lies there, and the statements that follow find less, without an error.
select count(*) from recount_stage;
