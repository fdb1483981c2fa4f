-- Called by recount_stored for each month, at the moment of recount_totals: what is counted of the threat $1 in the
-- month $2 so far, by workers: arrays of dimensions, values, infections and detections, and all detections.
select array_agg(dimension), array_agg(value), array_agg(infections), array_agg(detections),
  coalesce(sum(detections) filter (where dimension = 0), 0)::bigint
from (
  select dimension, value, sum(infections)::bigint as infections, sum(detections)::bigint as detections
  from current_count
  where threat_id = $1::integer and month = $2::date
  group by dimension, value
) counted;
