-- Called by calendar_load: the months as microseconds since 1970 and days since 1970.
select
  (extract(epoch from starts_at) * 1000000)::bigint,
  (extract(epoch from ends_at) * 1000000)::bigint,
  month - date '1970-01-01'
from kansen.calendar_month
order by month;
