-- Called by recount_stored for each month behind recount_stage: the labels of the staged infections, by each dimension
-- (product stands for version, too): its number and the id, 0 for none. They are decided before a worker can meet one of
-- these infections: it would count what it moves away from as beyond the values, and the count of the month by its value.
-- Read once, by all labels together, and materialized, as in recount_totals.
with labelled as materialized (
  select name_id, product_id, os_id, segment_id
  from recount_stage
  group by name_id, product_id, os_id, segment_id
)
select case
    when grouping(name_id) = 0 then 1 when grouping(product_id) = 0 then 2 when grouping(os_id) = 0 then 4 else 5 end,
  coalesce(name_id, product_id, os_id, segment_id, 0), 0, 0
from labelled
group by grouping sets (name_id, product_id, os_id, segment_id);
