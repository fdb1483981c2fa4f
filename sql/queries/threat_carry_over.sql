-- Called by `threat set` with the lock of catalogue_lock, in front of threat_drop: the definition $1 takes the
-- place of the one that is ready. What of that one's counts arrived, was relocated or replayed says the same of
-- the new one's; what is left of the new one's was redefined (slot -3). No sum changes, but of months whose
-- detections are dropped: these stay as the old definition has counted them.
with dropped as (
  select month from closed_month where dropped_at is not null
), old as (
  select o.threat_id
  from threat n
  join threat o on o.name = n.name and o.state = 'ready' and o.threat_id <> n.threat_id
  where n.threat_id = $1::integer
), difference as (
  select c.slot, c.month, c.dimension, c.value, sum(c.infections) as infections,
    sum(c.detections) as detections
  from (
    select least(c.slot, 0) as slot, c.month, c.dimension, c.value, c.infections, c.detections
    from old
    join current_count c using (threat_id)
    union all
    select least(c.slot, 0), c.month, c.dimension, c.value, -c.infections, -c.detections
    from old
    join current_count c on c.threat_id = $1::integer
  ) c
  where c.slot > -3 or c.month in (select month from dropped)
  group by 1, 2, 3, 4
  having sum(c.infections) <> 0 or sum(c.detections) <> 0
), known as (
  insert into count_fold (slot) select generate_series(-3, 0)
  on conflict do nothing
)
insert into count_change (slot, month, threat_id, dimension, value, infections, detections)
select slot, month, $1::integer, dimension, value, infections, detections
from difference
union all
select -3, month, $1::integer, dimension, value, -sum(infections), -sum(detections)
from difference
where month not in (select month from dropped)
group by month, dimension, value
having sum(infections) <> 0 or sum(detections) <> 0;
