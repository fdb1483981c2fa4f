-- Called by recount_stored for each month: how many infections of the month $4 the threat $5 has, and how many
-- detections of the names $1 there are from $2 to before $3, by each dimension (product stands for version, too)
-- and label: the country, or the id, 0 for none. Each table is read once, by all labels together, of which there are
-- few; materialized, since grouping sets are nothing that a distributed database does.
with labelled as materialized (
  select country, name_id, product_id, os_id, segment_id, count(*) as infections, 0 as detections
  from infection
  where month = $4::date and threat_id = $5::integer
  group by country, name_id, product_id, os_id, segment_id
), detected as materialized (
  select country, name_id, product_id, nullif(os_id, -1) as os_id, segment_id, count(*) as detections
  from detection
  where name_id = any ($1::integer[]) and event_time >= $2::timestamptz and event_time < $3::timestamptz
  group by 1, 2, 3, 4, 5
)
select case
    when grouping(country) = 0 then 0 when grouping(name_id) = 0 then 1 when grouping(product_id) = 0 then 2
    when grouping(os_id) = 0 then 4 else 5 end,
  coalesce(country, coalesce(name_id, product_id, os_id, segment_id, 0)::text), sum(infections)::bigint, sum(detections)::bigint
from (
  select country, name_id, product_id, os_id, segment_id, infections, detections from labelled
  union all
  select country, name_id, product_id, os_id, segment_id, 0, detections from detected
) each
group by grouping sets (country, name_id, product_id, os_id, segment_id);
