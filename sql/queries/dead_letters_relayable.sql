-- Called by relay_dead_letters: the next chunk of dead letters behind the number $1 that are still rejected
-- and not with the relay $2 yet; those that it refused are among them if $3 says so. A chunk ends
-- with the letter that makes it 16 MiB. Columns are those of dead_letters/reader.h.
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
    from dead_letter d
    where letter_id > $1 and replayed_at is null
      and not exists (select from relayed_letter r
        where r.relay_id = $2::integer and r.letter_id = d.letter_id
          and (r.refusal is null or not $3::boolean))
    order by letter_id
    limit 500
  ) next_letters
) chunk
where bytes_before < 16777216
order by letter_id;
