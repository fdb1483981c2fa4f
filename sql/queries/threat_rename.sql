-- Called by `threat set` when it goes on with the definition $1: display names $2 and $3.
update threat set name_en = $2, name_ja = $3 where threat_id = $1;
