-- Called by `threat set`: what the threat $1 is called in the languages $2, in turn $3.
insert into threat_name (threat_id, language, name)
select $1::integer, n.language, n.name from unnest($2::text[], $3::text[]) as n (language, name);
