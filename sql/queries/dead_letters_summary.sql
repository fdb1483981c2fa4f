-- Called by `dead-letters list`: how many, by reason and place. $1 topic, $2 reason, $3 since, $4 until
-- (null: any), $5 whether those that were replayed are meant.
select count(*)::text, reason,
  to_char(min(rejected_at), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  to_char(max(rejected_at), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), topic, source
from report.dead_letters
where (replayed_at is not null) = $5::boolean
  and ($1::text is null or topic = $1)
  and ($2::text is null or reason = $2)
  and ($3::timestamptz is null or rejected_at >= $3)
  and ($4::timestamptz is null or rejected_at < $4)
group by reason, topic, source
order by count(*) desc, reason, topic, source;
