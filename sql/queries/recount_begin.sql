-- Called by `threat set` with the lock of catalogue_lock: the months of which detections are stored have
-- still to be counted for the threat $1; in all others workers count it from now on.
insert into recount_month (threat_id, month)
select $1::integer, c.month
from calendar_month c
where c.ends_at > (select min(event_time) from detection)
  and c.starts_at <= (select max(event_time) from detection)
  and exists (select from detection d where d.event_time >= c.starts_at and d.event_time < c.ends_at);
