-- Called by labelling_run behind the infections of a month: how many detections of the names $1 from $2 to
-- before $3 were stored before migration 017: dimension (product stands for version, too), label, no infection, detections.
select case when grouping(name_id) = 0 then 1 when grouping(product_id) = 0 then 2
    when grouping(os_id) = 0 then 4 else 5 end,
  coalesce(name_id, product_id, os_id, segment_id, 0), 0, count(*)
from (
  select name_id, product_id, nullif(os_id, -1) as os_id, segment_id
  from detection
  where name_id = any ($1::integer[]) and event_time >= $2::timestamptz and event_time < $3::timestamptz
    and os_id = -1
) d
group by grouping sets (name_id, product_id, os_id, segment_id);
