-- Called by retention_run: the months older than $1 months: first day, YYYY-MM, whether there are detections to
-- drop, whether there are infections to drop, since they are older than $2 months (null: they stay), and the
-- threats whose infections of the month no edition has (null: none; empty: nothing is counted at all).
with present as (
  select n.month from find_calendar() n where n.starts_at <= now() order by n.starts_at desc limit 1
), infected as materialized (
  select i.month from present p, infected_months((p.month - make_interval(months => $2::integer + 1))::date) i (month)
  where $2::integer is not null
), stored as materialized (
  select month from stored_month
)
select c.month, to_char(c.month, 'YYYY-MM'), (d.month is not null)::integer, (i.month is not null)::integer,
  case when d.month is null then null
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
from find_calendar() c
cross join present p
left join stored d on d.month = c.month
left join infected i on i.month = c.month
where c.month < p.month - make_interval(months => $1::integer)
  and (d.month is not null or i.month is not null)
order by c.month;
