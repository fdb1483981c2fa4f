-- A default partition that becomes the one of a month (turn_default_into_month) kept its place in this view, so that
-- the month could not be dropped and went on being named. A function finds its tables by name. Run as the role
-- kansen_owner.
create function find_months_in_default() returns setof date
language sql stable security definer
set search_path = kansen, pg_temp as $$
  select c.month
  from calendar_month c
  where exists (select from detection_default d where d.event_time >= c.starts_at and d.event_time < c.ends_at)
    or exists (select from infection_default i where i.month = c.month)
$$;
revoke execute on function find_months_in_default() from public;
grant execute on function find_months_in_default() to kansen_loader, kansen_reader;

create or replace view report.months_in_default as
select month from find_months_in_default() found (month);
