-- Called by schema_init once: the months of 2000 to 2100 in the time zone $1. This is also the range
-- of event times that can be stored. A month starts when the one before has ended: where clocks are
-- set back at 1:00 on the first, midnight comes twice, and `at time zone` alone names the second.
insert into kansen.calendar_month (month, starts_at, ends_at)
select
  m::date,
  (m - interval '1 microsecond') at time zone $1 + interval '1 microsecond',
  (m + interval '1 month' - interval '1 microsecond') at time zone $1 + interval '1 microsecond'
from generate_series(timestamp '2000-01-01', timestamp '2100-12-01', interval '1 month') m;
