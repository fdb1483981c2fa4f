-- Called by `threat set`: the patterns $2 of the threat $1.
insert into threat_rule (threat_id, pattern)
select distinct $1::integer, p.pattern from unnest($2::text[]) as p (pattern);
