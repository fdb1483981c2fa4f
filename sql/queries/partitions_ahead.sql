-- Called by partitions_ahead_warn: the month behind the present one, when it has no partition of detection or of
-- infection.
select to_char(c.month, 'YYYY-MM')
from calendar_month c
where c.starts_at > now()
  and c.starts_at = (select min(n.starts_at) from calendar_month n where n.starts_at > now())
  and (to_regclass('kansen.detection_' || to_char(c.month, 'YYYY_MM')) is null
    or to_regclass('kansen.infection_' || to_char(c.month, 'YYYY_MM')) is null);
