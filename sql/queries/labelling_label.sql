-- Called by labelling_run for each chunk: the infections of the threat $1 in the month $2 (from $5 to before $6)
-- from the device $3 up to $4 that have no labels get those of their earliest detection. Returns how many
-- have which: dimension (product stands for version, too), label, infections, no detection. One that a worker has moved
-- meanwhile has labels. Rows are taken in the order of their key, as everyone does.
with held as materialized (
  select device_id, first_seen, first_event_id
  from infection
  where month = $2::date and threat_id = $1::integer and device_id >= $3::uuid and device_id <= $4::uuid
    and name_id is null
  order by device_id
  for update
), labelled as materialized (
  select h.device_id, coalesce(d.name_id, 0) as name_id, d.product_id, nullif(d.os_id, -1) as os_id,
    d.segment_id
  from held h
  left join lateral (
    select name_id, product_id, os_id, segment_id
    from detection
    where event_time = h.first_seen and device_id = h.device_id and event_id = h.first_event_id
      and event_time >= $5::timestamptz and event_time < $6::timestamptz
    offset 0
  ) d on true
), written as (
  update infection i
  set name_id = l.name_id, product_id = l.product_id, os_id = l.os_id, segment_id = l.segment_id
  from labelled l
  where i.month = $2::date and i.threat_id = $1::integer and i.device_id = l.device_id
)
select case when grouping(name_id) = 0 then 1 when grouping(product_id) = 0 then 2
    when grouping(os_id) = 0 then 4 else 5 end,
  coalesce(name_id, product_id, os_id, segment_id, 0), count(*), 0
from labelled
group by grouping sets (name_id, product_id, os_id, segment_id);
