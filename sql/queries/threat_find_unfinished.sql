-- Called by `threat set`: the definition of the name $1 whose recount was interrupted, if its patterns are
-- just $2.
select t.threat_id
from threat t
where t.name = $1 and t.state = 'counting'
  and array(select r.pattern from threat_rule r where r.threat_id = t.threat_id order by 1)
    = array(select distinct p.pattern collate "C" from unnest($2::text[]) as p (pattern) order by 1);
