-- Called by replay_dead_letters: the next chunk of dead letters that were not replayed yet, behind the
-- number $1 and up to $2, of the topics $3, for the reason $4, rejected from $5 to before $6,
-- read as heartbeats or not ($7; null: any). A chunk ends with the letter that makes it 16 MiB. Columns are those of dead_letters/reader.h.
select letter_id, source, topic, partition, "offset", element, reason, detail,
  to_char(rejected_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  to_char(replayed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  (extract(epoch from coalesce(arrived_at, rejected_at)) * 1000000)::bigint, encode(key, 'hex'), encode(value, 'hex'), (
    select string_agg(coalesce(encode(h.item, 'hex'), '-'), ' ' order by h.place)
    from unnest(headers) with ordinality as h (item, place)
  ), heartbeat
from (
  select *, sum(coalesce(octet_length(value), 0)) over (order by letter_id)
    - coalesce(octet_length(value), 0) as bytes_before
  from (
    select *
    from dead_letter
    where letter_id > $1 and letter_id <= $2 and replayed_at is null
      and ($3::text[] is null or topic = any ($3))
      and ($4::text is null or reason = $4)
      and ($5::timestamptz is null or rejected_at >= $5)
      and ($6::timestamptz is null or rejected_at < $6)
      and ($7::boolean is null or heartbeat = $7)
    order by letter_id
    limit 1000
  ) next_letters
) chunk
where bytes_before < 16777216
order by letter_id;
