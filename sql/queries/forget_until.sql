-- Called by forget_machine with the lock of catalogue_lock: up to when nothing of the machine $1 is stored from now on: to the
-- end of the present month, or of the last month in which there is anything of it, since clocks may go ahead.
with detected as materialized (
  select max(event_time) as event_time from detection where device_id = $1::uuid
), infected as materialized (
  select max(month) as month from infection where device_id = $1::uuid
)
select max(c.ends_at)
from calendar_month c, detected d, infected i
where c.starts_at <= greatest(now(), d.event_time) or c.month <= i.month;
