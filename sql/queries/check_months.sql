-- `db check`: are there partitions for what comes?
select 'hurts' as kind, 'partitions' as name, format('none of %s', to_char(c.month, 'YYYY-MM')) as value,
  'Its events would lie in the default partition, which slows everything down.' as why,
  'kansen db maintain, once a month' as way_on
from report.calendar c
where (c.starts_at <= now() and now() < c.ends_at
    or c.starts_at <= now() + interval '1 month' and now() + interval '1 month' < c.ends_at)
  and not exists (select from report.storage s where s.month = c.month)
union all
select 'note', 'default partition', format('rows of %s month%s, from %s', count(*),
    case when count(*) = 1 then '' else 's' end, to_char(min(month), 'YYYY-MM')),
  'They can''t be dropped with their month, and statements over other months have to look there as well.',
  'kansen db maintain'
from report.months_in_default
having count(*) > 0
