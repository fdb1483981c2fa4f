-- Called by `threat set` when everything stored has been counted: $1 is the threat.
update threat set state = 'ready' where threat_id = $1;
