-- Called by the store behind names_add: number in $1 (from 0), name_id, and the threats whose
-- patterns the name matches, as "1,2".
with given as materialized (
  select g.ordinal, m.name_id
  from unnest($1::text[]) with ordinality as g (name, ordinal)
  join malware_name m on m.name = g.name
)
select g.ordinal - 1, g.name_id, coalesce(t.threats, '')
from given g
left join (
  select name_id, string_agg(threat_id::text, ',') as threats
  from matching_names(array(select name_id from given))
  group by name_id
) t on t.name_id = g.name_id;
