-- Called by recount_threat: ids of the stored malware names that any of the patterns $1 matches.
select coalesce(array_agg(n.name_id), '{}')
from malware_name n
where lower(n.name) like any (array(select like_pattern(p.pattern) from unnest($1::text[]) as p (pattern)));
