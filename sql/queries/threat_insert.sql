-- Called by `threat set`: the threat named $1. Returns the id under which it is counted.
insert into threat (name) values ($1) returning threat_id;
