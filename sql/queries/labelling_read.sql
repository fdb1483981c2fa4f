-- Called by labelling_run for each chunk, in front of labelling_label: the labels that it is going to give
-- (dimension, label, infections, no detection), so that what they are counted as is decided before.
with labelled as (
  select coalesce(d.name_id, 0) as name_id, d.product_id, nullif(d.os_id, -1) as os_id, d.segment_id
  from infection i
  left join lateral (
    select name_id, product_id, os_id, segment_id
    from detection
    where event_time = i.first_seen and device_id = i.device_id and event_id = i.first_event_id
      and event_time >= $5::timestamptz and event_time < $6::timestamptz
    offset 0
  ) d on true
  where i.month = $2::date and i.threat_id = $1::integer and i.device_id >= $3::uuid and i.device_id <= $4::uuid
    and i.name_id is null
)
select case when grouping(name_id) = 0 then 1 when grouping(product_id) = 0 then 2
    when grouping(os_id) = 0 then 4 else 5 end,
  coalesce(name_id, product_id, os_id, segment_id, 0), count(*), 0
from labelled
group by grouping sets (name_id, product_id, os_id, segment_id);
