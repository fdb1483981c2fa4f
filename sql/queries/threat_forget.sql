-- Called by threat_sweep when nothing is left that was counted of the threat $1.
delete from threat where threat_id = $1;
