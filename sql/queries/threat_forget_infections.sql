-- Called when what was counted of the threat $1 in the month $2 goes: its infections.
delete from infection where threat_id = $1 and month = $2;
