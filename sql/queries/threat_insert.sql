-- Called by `threat set`: $1 name, $2 and $3 display names. Returns the id under which it is counted.
insert into threat (name, name_en, name_ja) values ($1, $2, $3) returning threat_id;
