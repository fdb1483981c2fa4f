-- Patterns are kept as LIKE understands them: a name that workers meet for the first time is compared
-- with every pattern, and to translate each pattern anew was most of the time. Run as the role
-- kansen_owner.
-- The only matcher is LIKE: * is any text, ? one character, the whole name counts, ASCII case is ignored
-- (lower of collation "C" touches ASCII alone).
create function like_pattern(pattern text) returns text
language sql immutable parallel safe as $$
  select translate(
    replace(replace(replace(lower(pattern collate "C"), '\', '\\'), '%', '\%'), '_', '\_'),
    '*?', '%_')
$$;

alter table threat_rule
  add column like_pattern text collate "C" not null generated always as (like_pattern(pattern)) stored;
comment on column threat_rule.like_pattern is
  'The pattern as LIKE understands it; a malware name belongs to the threat when lower(name) is like it.';

drop function name_matches(text, text);
