-- Called by `threat set`: definitions of the name $1 whose recount was interrupted.
select threat_id from threat where name = $1 and state = 'counting';
