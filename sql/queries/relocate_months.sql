-- Called by `db relocate`: of the months $1 to $2 (YYYY-MM) those with detections that were looked up in
-- anything but the MaxMind DB with the id $3, or not at all: first day, the same as days since 1970, first
-- instant, the one before, that of the next month, the first and the last as seconds since 1970, YYYY-MM.
select c.month, c.month - date '1970-01-01', c.starts_at, c.starts_at - interval '1 microsecond', c.ends_at,
  extract(epoch from c.starts_at)::bigint, extract(epoch from c.ends_at)::bigint,
  to_char(c.month, 'YYYY-MM')
from calendar_month c
where c.month between to_date($1, 'YYYY-MM') and to_date($2, 'YYYY-MM')
  and not exists (select from closed_month o where o.month = c.month and o.dropped_at is not null)
  and exists (select from geoip_use u where u.month = c.month and u.geoip_id <> $3::smallint)
order by c.month;
