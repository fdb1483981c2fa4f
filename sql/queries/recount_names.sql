-- Called by recount_stored: ids of the stored malware names that a pattern of the threat $1 matches.
select coalesce(array_agg(n.name_id), '{}')
from malware_name n
where lower(n.name) like any (array(select r.like_pattern from threat_rule r where r.threat_id = $1));
