-- Called by recount_threat: ids of the stored malware names that any of the patterns $1 matches.
select coalesce(array_agg(n.name_id), '{}')
from malware_name n
where exists (select from unnest($1::text[]) as p (pattern) where name_matches(n.name, p.pattern));
