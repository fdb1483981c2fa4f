-- Called by the store behind names_add: number in $1 (from 0), name_id, and the threats whose
-- patterns the name matches, as "1,2". A name is compared with the patterns whose anchor it has
-- (threat_rule.anchor): with those that it may begin like, and with those of which it has three characters. When
-- there are few of the latter, to compare it with each is faster than to take it apart.
with given as materialized (
  select name, ordinal, lower(name collate "C") as lowered
  from unnest($1::text[]) with ordinality as g (name, ordinal)
),
inner_rules as materialized (
  select count(*) as number from threat_rule where anchor like '~%'
),
anchors as (
  select g.ordinal, g.lowered, '^' || left(g.lowered, b.length) as anchor
  from given g
  join (select distinct length(anchor) - 1 as length from threat_rule where anchor like '^%') b
    on b.length <= length(g.lowered)
  union all
  select g.ordinal, g.lowered, '~' || substr(g.lowered, place, 3)
  from given g
  join inner_rules i on i.number > 4 * length(g.lowered)
  cross join generate_series(1, length(g.lowered) - 2) as place
),
matched as (
  select a.ordinal, r.threat_id
  from anchors a
  join threat_rule r on r.anchor = a.anchor
  where a.lowered like r.like_pattern
  union all
  select g.ordinal, r.threat_id
  from given g
  join inner_rules i on i.number <= 4 * length(g.lowered)
  join threat_rule r on r.anchor like '~%' and g.lowered like r.like_pattern
)
select g.ordinal - 1, m.name_id, coalesce(t.threats, '')
from given g
join malware_name m on m.name = g.name
left join (
  select ordinal, string_agg(distinct threat_id::text, ',') as threats
  from matched
  group by ordinal
) t on t.ordinal = g.ordinal;
