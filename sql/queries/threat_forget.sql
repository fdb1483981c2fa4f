-- Called when a definition of a threat goes, with its rules. $1 is the threat.
delete from threat where threat_id = $1;
