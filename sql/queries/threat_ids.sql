-- Called by `threat set` and `threat remove`: every definition of the name $1 but the one with the
-- id $2 (null: all of them).
select threat_id from threat where name = $1 and threat_id is distinct from $2::integer;
