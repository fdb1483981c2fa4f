-- Called by remove_count: what would be removed, by reason, and the number of the newest letter of each. $1 topics,
-- $2 reason, $3 since, $4 until, $5 whether those that were replayed are meant, $6 numbers (null: any).
select reason, count(*), max(letter_id)
from dead_letter
where ($1::text[] is null or topic = any ($1))
  and ($2::text is null or reason = $2)
  and ($3::timestamptz is null or rejected_at >= $3)
  and ($4::timestamptz is null or rejected_at < $4)
  and ($5::boolean is null or (replayed_at is not null) = $5)
  and ($6::bigint[] is null or letter_id = any ($6))
group by reason
order by count(*) desc, reason;
