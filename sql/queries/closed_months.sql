-- Called by closed_months_load: months of which nothing is stored any more: first day as days since 1970, end as
-- microseconds since 1970, and whether that goes for heartbeats, too.
select o.month - date '1970-01-01', (extract(epoch from c.ends_at) * 1000000)::bigint,
  (o.infections_dropped_at is not null)::integer
from closed_month o
join calendar_month c using (month)
order by o.month;
