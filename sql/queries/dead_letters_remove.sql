-- Called by remove_dead_letters: removes the next chunk of dead letters behind the number $7 and up to $8, and the
-- marks of relays for them; how many, and the number of the last. $1 to $6 as in dead_letters_removable.sql. Rows
-- are taken in the order of their numbers, as replays do, so that nobody waits in a circle; one that a replay has
-- changed meanwhile is looked at again.
with chosen as (
  select letter_id
  from dead_letter
  where letter_id > $7 and letter_id <= $8
    and ($1::text[] is null or topic = any ($1))
    and ($2::text is null or reason = $2)
    and ($3::timestamptz is null or rejected_at >= $3)
    and ($4::timestamptz is null or rejected_at < $4)
    and ($5::boolean is null or (replayed_at is not null) = $5)
    and ($6::bigint[] is null or letter_id = any ($6))
  order by letter_id
  limit 2000
  for update
), gone as (
  delete from dead_letter d
  using chosen c
  where d.letter_id = c.letter_id
), marks as (
  delete from relayed_letter m
  using chosen c, relay r
  where m.relay_id = r.relay_id and m.letter_id = c.letter_id
)
select count(*), coalesce(max(letter_id), 0)
from chosen;
