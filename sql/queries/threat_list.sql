-- Called by `threat list`.
select t.name, t.state, t.name_en, t.name_ja,
  array_to_string(array(
    select r.pattern from threat_rule r where r.threat_id = t.threat_id order by r.pattern), ' ')
from threat t
where t.state <> 'removed'
order by t.name, t.state;
