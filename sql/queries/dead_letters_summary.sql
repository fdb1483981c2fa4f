-- Called by `dead-letters list`: how many, by reason and place, and the newest of each as an example. $1 topics,
-- $2 reason, $3 since, $4 until (null: any), $5 whether those that were replayed are meant.
select s.letters::text, s.reason,
  to_char(s.first_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  to_char(s.last_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), s.topic, s.source,
  s.first_offset, s.last_offset, s.newest, d.partition, d."offset", d.element, d.detail
from (
  select count(*) as letters, reason, min(rejected_at) as first_at, max(rejected_at) as last_at, topic, source,
    min("offset") as first_offset, max("offset") as last_offset, max(letter_id) as newest
  from report.dead_letters
  where (replayed_at is not null) = $5::boolean
    and ($1::text[] is null or topic = any ($1))
    and ($2::text is null or reason = $2)
    and ($3::timestamptz is null or rejected_at >= $3)
    and ($4::timestamptz is null or rejected_at < $4)
  group by reason, topic, source
) s
join report.dead_letters d on d.letter_id = s.newest
order by s.letters desc, s.reason, s.topic, s.source;
