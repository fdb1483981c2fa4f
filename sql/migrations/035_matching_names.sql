-- Which stored names the patterns match, told in one place and without comparing each with each. Run as the role
-- kansen_owner.
-- Of names that are stored, by their ids, the threats whose patterns they match, each once, in whatever state. A name is
-- compared with the patterns whose anchor it has (031): with those that it may begin like, and with those of which it
-- has three characters. When there are few of the latter, to compare it with each is faster than to take it apart.
create function matching_names(names integer[]) returns table (name_id integer, threat_id integer)
language sql stable parallel safe rows 1000
set search_path = kansen, pg_temp as $$
  with given as materialized (
    select m.name_id, lower(m.name) as lowered
    from unnest(names) as g (name_id)
    join malware_name m on m.name_id = g.name_id
  ),
  inner_rules as materialized (
    select count(*) as number from threat_rule where anchor like '~%'
  ),
  anchors as (
    select g.name_id, g.lowered, '^' || left(g.lowered, b.length) as anchor
    from given g
    join (select distinct length(anchor) - 1 as length from threat_rule where anchor like '^%') b
      on b.length <= length(g.lowered)
    union all
    select g.name_id, g.lowered, '~' || substr(g.lowered, place, 3)
    from given g
    join inner_rules i on i.number > 4 * length(g.lowered)
    cross join generate_series(1, length(g.lowered) - 2) as place
  ),
  matched as (
    select a.name_id, r.threat_id
    from anchors a
    join threat_rule r on r.anchor = a.anchor
    where a.lowered like r.like_pattern
    union all
    select g.name_id, r.threat_id
    from given g
    join inner_rules i on i.number <= 4 * length(g.lowered)
    join threat_rule r on r.anchor like '~%' and g.lowered like r.like_pattern
  )
  select distinct m.name_id, m.threat_id from matched m
$$;
