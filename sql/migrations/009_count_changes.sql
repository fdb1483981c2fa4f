-- Counts are added as rows of their own and folded into infection_count now and then. A row that every
-- batch updates leaves a version a batch behind, and as long as somebody holds an older snapshot
-- (`threat set`, `db verify`, pg_dump) each update goes through all of them. Run as the role
-- kansen_owner.
create table count_change (
  slot integer not null,
  change_id bigint not null generated always as identity,
  month date not null,
  threat_id integer not null,
  country text collate "C" not null,
  infections bigint not null,
  detections bigint not null
);
create index on count_change (slot, change_id);
comment on table count_change is 'What was counted since the last fold; to be read as current_count.';
comment on column count_change.change_id is
  'Grows within a slot: who writes there has waited for the commit of who wrote before.';

create table count_fold (
  slot integer primary key,
  folded_to bigint not null default 0
);
comment on table count_fold is
  'How far the changes of each slot are folded: none is left up to there, so nobody looks there, where'
  ' a snapshot that is held keeps those that are gone.';

-- Both halves in the snapshot of one statement, in which a fold has happened or has not.
create view current_count as
select month, threat_id, country, slot, infections, detections
from infection_count
union all
select c.month, c.threat_id, c.country, f.slot, c.infections, c.detections
from count_fold f
cross join lateral (
  select month, threat_id, country, infections, detections
  from count_change
  where slot = f.slot and change_id > f.folded_to
  offset 0 -- read by the index, slot by slot
) c;
comment on view current_count is
  'The counts: the sum over slots and rows of each month, threat and country. Nothing else is right.';

-- Moves what was counted in these slots into infection_count. Beside a batch that counts there it moves
-- what is committed. A slot that somebody else is folding is left to them.
create function fold_counts(slots integer[]) returns void
language plpgsql security definer
set search_path = kansen, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  this_slot integer;
  mark bigint;
begin
  foreach this_slot in array slots loop
    select folded_to into mark from count_fold where slot = this_slot for update skip locked;
    continue when not found;
    with gone as (
      delete from count_change
      where slot = this_slot and change_id > mark
      returning change_id, month, threat_id, country, infections, detections
    ), folded as (
      insert into infection_count (month, threat_id, country, slot, infections, detections)
      select month, threat_id, country, this_slot, sum(infections), sum(detections)
      from gone
      group by month, threat_id, country
      on conflict (month, threat_id, country, slot) do update
      set infections = infection_count.infections + excluded.infections,
        detections = infection_count.detections + excluded.detections
    )
    update count_fold
    set folded_to = last.change_id
    from (select max(change_id) as change_id from gone) last
    where slot = this_slot and last.change_id is not null;
  end loop;
end
$$;
revoke execute on function fold_counts(integer[]) from public;

create or replace view report.country_infections as
select t.name as threat, c.month, c.country,
  sum(c.infections)::bigint as infections, sum(c.detections)::bigint as detections
from current_count c
join threat t using (threat_id)
where t.state = 'ready'
group by t.name, c.month, c.country
having sum(c.infections) <> 0 or sum(c.detections) <> 0;

grant select on count_change, count_fold, current_count to kansen_loader;
grant insert on count_change, count_fold to kansen_loader;
grant execute on function fold_counts(integer[]) to kansen_loader;
revoke insert, update on infection_count from kansen_loader;
