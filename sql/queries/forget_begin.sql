-- Called by forget_machine with the lock of catalogue_lock: nothing of the machine $1 from before the end of the
-- present month is stored from now on: it is counted in this month.
insert into forgotten_machine (digest, until)
select machine_digest($1::uuid), min(c.ends_at) from calendar_month c where c.ends_at > now()
on conflict (digest) do update set until = greatest(forgotten_machine.until, excluded.until);
