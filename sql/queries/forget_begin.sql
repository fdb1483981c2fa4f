-- Called by forget_machine behind forget_until: nothing of the machine $1 from before $2, the end of a month, is
-- stored from now on. The month in which it was forgotten before, as YYYY-MM; null: it was not.
with before as (
  select to_char(c.month, 'YYYY-MM') as month
  from forgotten_machine f
  join find_calendar() c on c.ends_at = f.until
  where f.digest = machine_digest($1::uuid)
)
insert into forgotten_machine (digest, until)
values (machine_digest($1::uuid), $2::timestamptz)
on conflict (digest) do update set until = greatest(forgotten_machine.until, excluded.until)
returning (select month from before);
