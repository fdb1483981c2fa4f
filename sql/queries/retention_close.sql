-- Called by retention_run with the lock of catalogue_lock: no detection of the month $1 is stored from now on.
insert into closed_month (month) values ($1::date) on conflict do nothing;
