-- Called by schema_init once: the months of 2000 to 2100 in the time zone $1. This is also the range
-- of event times that can be stored.
insert into kansen.calendar_month (month, starts_at, ends_at)
select
  m::date,
  m at time zone $1,
  (m + interval '1 month') at time zone $1
from generate_series(timestamp '2000-01-01', timestamp '2100-12-01', interval '1 month') m;
