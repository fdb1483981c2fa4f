-- Called by schema_init once: the months in the time zone $1 that the years 2000 to 2100 of UTC, the range
-- of event times that can be stored, are a part of. A month starts when the one before has ended: where clocks are
-- set back at 1:00 on the first, midnight comes twice, and `at time zone` alone names the second.
insert into kansen.calendar_month (month, starts_at, ends_at)
select
  m::date,
  (m - interval '1 microsecond') at time zone $1 + interval '1 microsecond',
  (m + interval '1 month' - interval '1 microsecond') at time zone $1 + interval '1 microsecond'
from generate_series(timestamp '1999-12-01', timestamp '2101-01-01', interval '1 month') m;
