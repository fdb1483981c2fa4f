-- Which month it is, too, is said by the calendar, not by the time zone rules of the server. Run as the
-- role kansen_owner.
create view report.calendar as select month, starts_at, ends_at from calendar_month;
comment on view report.calendar is
  'First instant of each month, and of the next, in the report time zone.';
grant select on report.calendar to kansen_loader, kansen_reader;

create or replace function make_partitions(first date, last date) returns integer
language plpgsql as $$
declare
  this_month date := (select c.month from calendar_month c where c.starts_at <= now()
    order by c.starts_at desc limit 1);
  m record;
  made integer := 0;
begin
  -- Nobody may write into a default partition between the move and the attach.
  lock table detection, infection in share row exclusive mode;
  for m in
    select c.month, c.starts_at, c.ends_at, to_char(c.month, 'YYYY_MM') as suffix
    from calendar_month c
    where (c.month between this_month - interval '14 months' and this_month + interval '3 months'
      or c.month between first and last
      or exists (select from detection_default d
        where d.event_time >= c.starts_at and d.event_time < c.ends_at)
      or exists (select from infection_default i where i.month = c.month))
      and to_regclass('kansen.detection_' || to_char(c.month, 'YYYY_MM')) is null
    order by c.month
  loop
    execute format('create table %I (like detection including all)', 'detection_' || m.suffix);
    execute format('with moved as (delete from detection_default
      where event_time >= %L and event_time < %L returning *) insert into %I select * from moved',
      m.starts_at, m.ends_at, 'detection_' || m.suffix);
    execute format('alter table detection attach partition %I for values from (%L) to (%L)',
      'detection_' || m.suffix, m.starts_at, m.ends_at);

    execute format('create table %I (like infection including all)', 'infection_' || m.suffix);
    execute format('with moved as (delete from infection_default
      where month = %L returning *) insert into %I select * from moved',
      m.month, 'infection_' || m.suffix);
    execute format('alter table infection attach partition %I for values from (%L) to (%L)',
      'infection_' || m.suffix, m.month, (m.month + interval '1 month')::date);
    made := made + 1;
  end loop;
  return made;
end
$$;
