-- Called by filled.fill for each month, the last word of the partition: detections evenly over the
-- month and in the order of time, as they arrive. A device has 20 of them on average; a fifth of the
-- devices were there in the month before. It never moves, so that counting by country takes no more
-- than COUNT(DISTINCT).
insert into {partition} (event_time, device_id, event_id, name_id, product_id, action_id, country,
  address, sha256)
select
  starts_at + number * step_us * interval '1 microsecond',
  encode(int8send(hashint8extended(device, 3)) || int8send(device), 'hex')::uuid,
  encode(int8send(random) || int8send(number), 'hex')::uuid,
  1 + mod(random, (select count(*) from malware_name)),
  1 + mod(device, (select count(*) from product)),
  1 + mod(random / 97, (select count(*) from action)),
  (%(countries)s::text[])[1 + floor(cardinality(%(countries)s::text[])
    * (mod(device * 7919, 9973) / 9973.0::float8) ^ 2)::integer],
  inet '198.18.0.0' + mod(device, 131072),
  sha256(int8send(mod(random, 50000)))
from (
  select number, starts_at,
    extract(epoch from ends_at - starts_at)::float8 * 1e6 / %(rows)s as step_us
  from (select generate_series(0, %(rows)s - 1) as number) numbers
  cross join (select starts_at, ends_at from calendar_month where month = %(month)s) months
) each
cross join lateral (
  select
    %(first_device)s + mod(hashint8extended(number, 1) & 9223372036854775807, %(devices)s) as device,
    hashint8extended(number, 2) & 9223372036854775807 as random
) drawn
