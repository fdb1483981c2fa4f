-- Called when a definition of a threat goes: its counts. $1 is the threat.
delete from infection_count where threat_id = $1;
