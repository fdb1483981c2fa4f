-- Called when a definition of a threat goes: its infections. $1 is the threat.
delete from infection where threat_id = $1;
