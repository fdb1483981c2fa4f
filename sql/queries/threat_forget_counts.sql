-- Called by sweep_removed when what was counted of the threat $1 goes: what is folded.
delete from infection_count where threat_id = $1;
