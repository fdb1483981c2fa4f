-- Called by replay_dead_letters at its start: how many dead letters there are to replay, and the number of
-- the newest; what is rejected meanwhile is left alone. $1 topics, $2 reason, $3 since, $4 until,
-- $5 whether they were read as heartbeats (null: any).
select count(*), coalesce(max(letter_id), 0)
from dead_letter
where replayed_at is null
  and ($1::text[] is null or topic = any ($1))
  and ($2::text is null or reason = $2)
  and ($3::timestamptz is null or rejected_at >= $3)
  and ($4::timestamptz is null or rejected_at < $4)
  and ($5::boolean is null or heartbeat = $5);
