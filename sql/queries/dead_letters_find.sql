-- Called by `dead-letters show`: the letter of number $1, or ($1 null) those that came from the topic
-- or file $2 (in all its names), partition $3, offset or line $4. Columns are those of dead_letters/reader.h.
select letter_id, source, topic, partition, "offset", element, reason, detail,
  to_char(rejected_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  to_char(replayed_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  (extract(epoch from coalesce(arrived_at, rejected_at)) * 1000000)::bigint, encode(key, 'hex'), encode(value, 'hex'), (
    select string_agg(coalesce(encode(h.item, 'hex'), '-'), ' ' order by h.place)
    from unnest(headers) with ordinality as h (item, place)
  ), heartbeat
from kansen.dead_letter
where letter_id = $1::bigint
  or ($1 is null and topic = any ($2::text[]) and partition = $3::integer and "offset" = $4::bigint)
order by element, letter_id;
