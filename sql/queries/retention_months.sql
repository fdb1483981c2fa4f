-- Called by retention_run: the months older than $1 months: first day, YYYY-MM, whether there are detections to
-- drop, whether there are infections to drop, since they are older than $2 months (null: they stay), and the
-- threats whose infections of the month no edition has (null: none; empty: nothing is counted at all).
select c.month, to_char(c.month, 'YYYY-MM'), d.are_there::integer, i.are_there::integer,
  case when not d.are_there then null
    when not exists (select from threat t where t.state = 'ready') then ''
    else (
      select string_agg(t.name, ', ' order by t.name)
      from threat t
      where t.state = 'ready'
        and exists (select from current_count k where k.threat_id = t.threat_id and k.month = c.month
          and k.dimension = 0 and k.infections > 0)
        and not exists (select from edition e
          where e.threat = t.name and c.month between e.from_month and e.to_month
            and not exists (select from edition_withdrawal w where w.edition_id = e.edition_id)))
  end
from calendar_month c
cross join (select n.month as present from calendar_month n where n.starts_at <= now()
  order by n.starts_at desc limit 1) now
cross join lateral (select exists (select from detection e
  where e.event_time >= c.starts_at and e.event_time < c.ends_at) as are_there) d
cross join lateral (select $2::integer is not null
  and c.month < now.present - make_interval(months => $2::integer)
  and exists (select from infection e where e.month = c.month) as are_there) i
where c.month < now.present - make_interval(months => $1::integer)
  and (d.are_there or i.are_there)
order by c.month;
