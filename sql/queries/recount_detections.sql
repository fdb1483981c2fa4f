-- Called by recount_stored for each month: how many detections of the names $1 there are from $2 to before $3,
-- by each dimension (product stands for version, too) and label: the country, or the id, 0 for none.
select case
    when grouping(country) = 0 then 0 when grouping(name_id) = 0 then 1 when grouping(product_id) = 0 then 2
    when grouping(os_id) = 0 then 4 else 5 end,
  coalesce(country, coalesce(name_id, product_id, os_id, segment_id, 0)::text), count(*)
from (
  select country, name_id, product_id, nullif(os_id, -1) as os_id, segment_id
  from detection
  where name_id = any ($1::integer[]) and event_time >= $2::timestamptz and event_time < $3::timestamptz
) d
group by grouping sets (country, name_id, product_id, os_id, segment_id);
