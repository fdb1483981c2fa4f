-- Called by relay_dead_letters behind the delivery reports: the letters $2 are with the relay $1, or why the
-- topic refused them ($3, null for those it took).
insert into relayed_letter (relay_id, letter_id, refusal)
select $1::integer, l.letter_id, l.refusal
from unnest($2::bigint[], $3::text[]) as l (letter_id, refusal)
order by l.letter_id
on conflict (relay_id, letter_id) do update
set relayed_at = now(), refusal = excluded.refusal;
