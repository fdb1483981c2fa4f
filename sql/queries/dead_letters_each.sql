-- Called by `dead-letters list --each`: one row a letter, newest first, $6 of them (null: all). $1 topics,
-- $2 reason, $3 since, $4 until (null: any), $5 whether those that were replayed are meant.
select letter_id, reason, to_char(rejected_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), topic, partition,
  "offset", element, source, bytes, to_char(replayed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), detail
from report.dead_letters
where (replayed_at is not null) = $5::boolean
  and ($1::text[] is null or topic = any ($1))
  and ($2::text is null or reason = $2)
  and ($3::timestamptz is null or rejected_at >= $3)
  and ($4::timestamptz is null or rejected_at < $4)
order by rejected_at desc, letter_id desc
limit $6::bigint;
