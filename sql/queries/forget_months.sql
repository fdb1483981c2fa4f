-- Called by forget_machine: the months in which there is anything of the machine $1: first day, YYYY-MM.
select c.month, to_char(c.month, 'YYYY-MM')
from calendar_month c
where exists (select from infection i where i.month = c.month and i.device_id = $1::uuid)
  or exists (select from detection d
    where d.event_time >= c.starts_at and d.event_time < c.ends_at and d.device_id = $1::uuid)
order by c.month;
