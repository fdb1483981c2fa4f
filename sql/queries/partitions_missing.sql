-- Called by partitions_maintain: what is to be made: table, first day of the month, the month as YYYY-MM, and
-- whether rows of it lie in the default partition. Months around now (the default policy reaches 400 days back),
-- from $1 to $2 (first days; null for none), and those of which rows lie there; these come first, since the
-- others are only attached quickly when the default partition is small.
select t.parent, c.month, to_char(c.month, 'YYYY-MM'), (t.filled or t.growing)::integer
from calendar_month c
cross join (select n.month as present from calendar_month n where n.starts_at <= now()
  order by n.starts_at desc limit 1) now
cross join lateral (
  select 'detection' as parent,
    exists (select from detection_default d where d.event_time >= c.starts_at and d.event_time < c.ends_at) as filled,
    exists (select from growing_partition g where g.month = c.month) as growing
  union all
  select 'infection', exists (select from infection_default i where i.month = c.month), false
) t
where (c.month between now.present - interval '14 months' and now.present + interval '3 months'
    or c.month between $1::date and $2::date or t.filled or t.growing)
  and (t.filled or not exists (select from closed_month o where o.month = c.month
    and case t.parent when 'detection' then o.dropped_at else o.infections_dropped_at end is not null))
  and (t.growing or to_regclass('kansen.' || t.parent || '_' || to_char(c.month, 'YYYY_MM')) is null)
order by t.filled or t.growing desc, t.parent, c.month;
