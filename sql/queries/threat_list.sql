-- Called by `threat list`: a row for each definition and language; a definition without names has one.
select t.threat_id, t.name, t.state, n.language, n.name,
  array_to_string(array(
    select r.pattern from threat_rule r where r.threat_id = t.threat_id order by r.pattern), ' ')
from threat t
left join threat_name n using (threat_id)
where t.state <> 'removed'
order by t.name, t.state, t.threat_id, n.language;
