-- Called by forget_machine with the lock of catalogue_lock: nothing of the machine $1 from before the end of the
-- present month is stored from now on: it is counted in this month. The month in which it was forgotten before, as
-- YYYY-MM; null: it was not.
with before as (
  select to_char(c.month, 'YYYY-MM') as month
  from forgotten_machine f
  join find_calendar() c on c.ends_at = f.until
  where f.digest = machine_digest($1::uuid)
)
insert into forgotten_machine (digest, until)
select machine_digest($1::uuid), min(c.ends_at) from find_calendar() c where c.ends_at > now()
on conflict (digest) do update set until = greatest(forgotten_machine.until, excluded.until)
returning (select month from before);
