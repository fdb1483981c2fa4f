-- Called by `threat set` when it goes on with the definition $1: its display names are given anew.
delete from threat_name where threat_id = $1;
