-- Called by threat_sweep: the months in which infections of the threat $1 are stored.
select c.month
from calendar_month c
where exists (select from infection i where i.month = c.month and i.threat_id = $1)
order by c.month;
