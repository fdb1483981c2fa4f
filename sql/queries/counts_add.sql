-- Called by counts_store: adds infections ($5) and detections ($6) per month ($1, days since 1970), threat ($2),
-- dimension ($3) and label ($4: the country's code; of the others an id, 0 for none), in slot $7, whose changes
-- current_count finds by its row of count_fold. What is beyond the values of the month that are counted
-- one by one is counted as ' '; admissions_decide has seen to it that this is decided.
with known as (
  insert into count_fold (slot) values ($7::integer)
  on conflict do nothing
), given as (
  select date '1970-01-01' + c.day as month, c.threat_id, c.dimension, c.infections, c.detections,
    (case when c.dimension = 0 then c.label
      else coalesce((select l.value from label_value l
        where l.dimension = c.dimension and l.label_id = c.label::integer), '') end) collate "C" as value
  from unnest($1::integer[], $2::integer[], $3::smallint[], $4::text[], $5::bigint[], $6::bigint[])
    as c (day, threat_id, dimension, label, infections, detections)
  where c.infections <> 0 or c.detections <> 0
  offset 0
), counted as (
  select g.month, g.threat_id, g.dimension, g.infections, g.detections,
    case when g.dimension = 0 or g.value = '' then g.value
      else coalesce((select v.value from counted_value v
        where v.month = g.month and v.dimension = g.dimension and v.value = g.value), ' ') end as value
  from given g
)
insert into count_change (slot, month, threat_id, dimension, value, infections, detections)
select $7::integer, month, threat_id, dimension, value, sum(infections), sum(detections)
from counted
group by month, threat_id, dimension, value
having sum(infections) <> 0 or sum(detections) <> 0;
