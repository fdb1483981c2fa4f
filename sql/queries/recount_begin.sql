-- Called by `threat set` with the lock of catalogue_lock: months in which detections may be stored have still to be
-- counted for the threat $1. Workers count it from now on, in these months too. A month whose detections are dropped
-- stays as it was counted, also when a part of them has been loaded again.
with stored as materialized (
  select min(event_time) as first, max(event_time) as last from detection
)
insert into recount_month (threat_id, month)
select $1::integer, c.month
from stored s
join calendar_month c on c.ends_at > s.first and c.starts_at <= s.last
where not exists (select from closed_month m where m.month = c.month and m.dropped_at is not null);
