-- Called by the store behind names_add: number in $1 (from 0), name_id, and the threats whose
-- patterns the name matches, as "1,2".
select n.ordinal - 1, m.name_id, coalesce((
    select string_agg(distinct r.threat_id::text, ',')
    from threat_rule r
    where n.lowered like r.like_pattern
  ), '')
from (
  select name, ordinal, lower(name collate "C") as lowered
  from unnest($1::text[]) with ordinality as given (name, ordinal)
  offset 0
) n
join malware_name m on m.name = n.name;
