-- Called by restore_open with the lock of catalogue_lock: how many of the events of the month $1 (days since 1970) are
-- back.
select count(*)
from calendar_month c
join detection d on d.event_time >= c.starts_at and d.event_time < c.ends_at
where c.month = date '1970-01-01' + $1::integer;
