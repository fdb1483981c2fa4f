-- Called by threat_sweep: as threat_turn_lock; false when somebody else has the turn.
select pg_try_advisory_lock(hashtext('kansen threat set'));
