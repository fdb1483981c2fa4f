-- Called by infections_store for slot 0, which no row of kafka_offset guards: loads of files and recounts
-- add to it one after the other, until the commit: its changes are numbered in the order of commits.
select pg_advisory_xact_lock(hashtext('kansen files'));
