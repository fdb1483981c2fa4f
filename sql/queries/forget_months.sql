-- Called by forget_machine: the months in which there is anything of the machine $1: first day, YYYY-MM.
select month, to_char(month, 'YYYY-MM')
from (
  select i.month from infection i where i.device_id = $1::uuid
  union
  select (select c.month from calendar_month c where c.starts_at <= d.event_time order by c.starts_at desc limit 1)
  from detection d
  where d.device_id = $1::uuid
) found
order by month;
