-- Where a malware name can be found to match: a piece of each pattern that stands in every name which
-- it matches, so that a name is compared with the patterns that share a piece with it, and not with all.
-- Run as the role kansen_owner.
-- '^' and the text in front of the first wildcard, by which the name begins; or '~' and three characters
-- that stand somewhere in it, if that text is shorter and another isn't. Both in lower case, as the
-- pattern of LIKE. '^' alone: any name may match.
create function pattern_anchor(pattern text) returns text
language sql immutable parallel safe as $$
  select case place when 1 then '^' || run else '~' || right(run, 3) end
  from regexp_split_to_table(lower(pattern collate "C"), '[*?]+') with ordinality as r (run, place)
  where place = 1 or length(run) >= 3
  order by least(length(run), 3) desc, place
  limit 1
$$;

alter table threat_rule
  add column anchor text collate "C" not null generated always as (pattern_anchor(pattern)) stored;
comment on column threat_rule.anchor is
  'What every name has that the pattern matches: ^ and its beginning, or ~ and three characters somewhere in it.';
