-- Called by infections_store for slots that no row of kafka_offset guards: loads of files, replays of dead
-- letters and recounts add to them one after the other, until the commit: the changes of a slot are numbered in
-- the order of commits.
select pg_advisory_xact_lock(hashtext('kansen files'));
