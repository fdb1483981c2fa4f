-- Called by the store in a batch of replayed letters ($1), in the transaction of their events: those
-- without a reason ($2) are stored now, the others are still rejected, for the reasons and details ($3)
-- of today. A letter that holds an array is stored when each of its elements is. Rows are taken in the order of their numbers, so that two replays can't wait for each other
-- in a circle. What another replay has stored is left as it is; its events are repeats here.
update dead_letter d
set replayed_at = case when mine.reason is null then now() end,
  reason = coalesce(mine.reason, d.reason),
  detail = coalesce(mine.detail, d.detail)
from (
  select d.letter_id, n.reason, n.detail
  from (
    select distinct on (each.letter_id) each.letter_id, each.reason, each.detail
    from unnest($1::bigint[], $2::text[], $3::text[]) with ordinality
      as each (letter_id, reason, detail, place)
    order by each.letter_id, each.reason is null, each.place
  ) n
  join dead_letter d using (letter_id)
  where d.replayed_at is null
    and (n.reason is null or (d.reason, d.detail) is distinct from (n.reason, n.detail))
  order by d.letter_id
  for no key update of d
) mine
where d.letter_id = mine.letter_id;
