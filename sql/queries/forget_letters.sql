-- Called by forget_machine: erases dead letters that name the machine in any of the spellings $1, and the marks of
-- relays for them, and adds them to the line $2. Case is ignored. A longer word that holds one is another machine.
with spelled as (
  select '(^|[^0-9A-Za-z_.-])(' || string_agg(regexp_replace(encode(convert_to(s, 'UTF8'), 'escape'),
    '([^0-9A-Za-z])', '\\\1', 'g'), '|') || ')($|[^0-9A-Za-z_.-])' as pattern
  from unnest($1::text[]) s
), gone as (
  delete from dead_letter l
  using spelled p
  where encode(l.value, 'escape') ~* p.pattern or encode(l.key, 'escape') ~* p.pattern
    or exists (select from unnest(l.headers) h where encode(h, 'escape') ~* p.pattern)
  returning l.letter_id
), marks as (
  delete from relayed_letter m using gone g where m.letter_id = g.letter_id
)
update erasure set dead_letters = dead_letters + (select count(*) from gone) where erasure_id = $2::integer;
