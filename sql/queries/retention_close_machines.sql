-- Called by retention_run with the lock of catalogue_lock: nor is any machine of the month $1 counted.
insert into closed_month (month, infections_dropped_at) values ($1::date, now())
on conflict (month) do update set infections_dropped_at = coalesce(closed_month.infections_dropped_at, now());
