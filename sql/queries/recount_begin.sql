-- Called by `threat set` with the lock of catalogue_lock: months in which detections may be stored have still to be
-- counted for the threat $1. Workers count it from now on, in these months too.
with stored as materialized (
  select min(event_time) as first, max(event_time) as last from detection
)
insert into recount_month (threat_id, month)
select $1::integer, c.month
from stored s
join calendar_month c on c.ends_at > s.first and c.starts_at <= s.last;
