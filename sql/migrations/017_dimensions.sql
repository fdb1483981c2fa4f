-- Infections are counted by malware name, product, version, os and segment as they are by country. What is
-- stored is counted by the new dimensions behind this, by `kansen db migrate`, while workers run
-- (docs/reliability.md). Run as the role kansen_owner.

-- Batches, recounts and relocations of an older program that are under way end first.
select pg_advisory_xact_lock(hashtext('kansen relocate'));
select pg_advisory_xact_lock(hashtext('kansen threat set'));
select pg_advisory_xact_lock(hashtext('kansen threats'));

-- A worker of an older program reads the version in front of each batch: it must not go on, since it counts
-- by country alone.
alter table threat_catalogue rename to catalogue;
create function refuse_older_program() returns bigint
language plpgsql as $$
begin
  raise exception 'the database has been migrated by a newer kansen: this older one must not go on with it'
    using errcode = '55000',
      detail = 'nothing is lost; start the newer kansen in its place, and it goes on where this one stopped';
end
$$;
create view threat_catalogue as
select refuse_older_program() as version, 0::bigint as forgotten, 0::bigint as renoted;
comment on view threat_catalogue is 'Stops programs older than the database; its rows are now in catalogue.';
grant select on threat_catalogue to kansen_loader;

-- A recount that an older program did not finish can't be gone on with.
delete from threat_rule r using threat t where t.threat_id = r.threat_id and t.state = 'counting';
delete from recount_month r using threat t where t.threat_id = r.threat_id and t.state = 'counting';
update threat set state = 'removed' where state = 'counting';

create table os (
  os_id integer primary key generated always as identity,
  os text collate "C" not null unique
);
create table segment (
  segment_id integer primary key generated always as identity,
  segment text collate "C" not null unique
);

-- What is stored already reads as -1, without being written.
alter table detection add column os_id integer default -1, add column segment_id integer;
alter table detection alter column os_id drop default;
comment on column detection.os_id is
  'Null: the event had none. -1: stored before migration 017; only such detections are counted behind it.';

alter table infection
  add column name_id integer,
  add column product_id integer,
  add column os_id integer,
  add column segment_id integer;
comment on column infection.name_id is
  'Malware name of the earliest detection, as product, os and segment are. Null: stored before migration 017'
  ' and not yet counted by anything but country; 0: there is none (a heartbeat; a detection that is gone).';

-- ---- counts

drop view report.monthly_infections;
drop view report.country_infections;
drop view current_count;

-- Months of threats of which something is stored that is not counted by the new dimensions.
create table dimension_recount (
  threat_id integer not null references threat on delete cascade,
  month date not null,
  primary key (threat_id, month)
);
comment on table dimension_recount is
  'Months of threats that were stored before migration 017 and are counted by country alone.';
insert into dimension_recount (threat_id, month)
select c.threat_id, c.month from infection_count c join threat t using (threat_id) where t.state = 'ready'
union
select c.threat_id, c.month from count_change c join threat t using (threat_id) where t.state = 'ready';

-- The order of the key is that in which a report reads: a threat, a dimension, months.
alter table infection_count rename column country to value;
alter table infection_count
  add column dimension smallint not null default 0 check (dimension between 0 and 5),
  drop constraint infection_count_pkey,
  add primary key (threat_id, dimension, month, value, slot);
alter table infection_count alter column dimension drop default;
create index on infection_count (month);
comment on column infection_count.dimension is
  '0 country, 1 name, 2 product, 3 version, 4 os, 5 segment: each adds up to the same sum.';
comment on column infection_count.value is
  'Country; of the others the event''s text. '''': it had none; '' '': beyond the values of the month that are'
  ' counted one by one (counted_value).';
comment on column infection_count.slot is
  'Who counted, and so why: as in kafka_offset; 0 files, -1 `db relocate`, -2 dead letters that were replayed,'
  ' -3 `threat set`.';

alter table count_change rename column country to value;
alter table count_change add column dimension smallint not null default 0;
alter table count_change alter column dimension drop default;

create view current_count as
select month, threat_id, dimension, value, slot, infections, detections
from infection_count
union all
select c.month, c.threat_id, c.dimension, c.value, f.slot, c.infections, c.detections
from count_fold f
cross join lateral (
  select month, threat_id, dimension, value, infections, detections
  from count_change
  where slot = f.slot and change_id > f.folded_to
  offset 0 -- read by the index, slot by slot
) c;
comment on view current_count is
  'The counts: the sum over slots and rows of each month, threat, dimension and value. Nothing else is right.';

create or replace function fold_counts(slots integer[]) returns void
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
      returning change_id, month, threat_id, dimension, value, infections, detections
    ), folded as (
      insert into infection_count (month, threat_id, dimension, value, slot, infections, detections)
      select month, threat_id, dimension, value, this_slot, sum(infections), sum(detections)
      from gone
      group by month, threat_id, dimension, value
      on conflict (threat_id, dimension, month, value, slot) do update
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

-- ---- values

-- The texts of labels. A blank one is none.
create view label_value as
select 1::smallint as dimension, name_id as label_id,
  case when btrim(name) <> '' then name else '' end as value from malware_name
union all
select 2, product_id, case when btrim(product) <> '' then product else '' end from product
union all
select 3, product_id, case when btrim(version) <> '' then version else '' end from product
union all
select 4, os_id, case when btrim(os) <> '' then os else '' end from os
union all
select 5, segment_id, case when btrim(segment) <> '' then segment else '' end from segment;
comment on view label_value is
  'What an infection with this label is counted as in this dimension, if it is among those of counted_value.';

create table counted_value (
  month date not null,
  dimension smallint not null,
  value text collate "C" not null,
  primary key (month, dimension, value)
);
comment on table counted_value is
  'Values that are counted one by one in a month, the first that came; rows never leave.';

create table counted_full (
  month date not null,
  dimension smallint not null,
  primary key (month, dimension)
);
comment on table counted_full is
  'A value came here that is counted as '' '' since there were as many as are counted one by one. No other'
  ' comes to be counted by itself behind that, so that what a value is counted as never changes.';

-- Decides for each label ($3) of a dimension ($2) and month ($1, days since 1970) whether its value is
-- counted by itself, for good: behind the commit it is in counted_value or the month is in counted_full.
create function admit_values(days integer[], dimensions smallint[], labels integer[]) returns void
language plpgsql security definer
set search_path = kansen, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  bound bigint := coalesce((select value::bigint from setting where name = 'dimension_values'), 10000);
  wanted_months date[];
  wanted_dimensions smallint[];
  wanted_values text[];
begin
  select array_agg(w.month order by w.first), array_agg(w.dimension order by w.first),
    array_agg(w.value order by w.first)
  into wanted_months, wanted_dimensions, wanted_values
  from (
    select g.month, g.dimension, g.value, min(g.ordinal) as first
    from (
      select date '1970-01-01' + given.day as month, given.dimension, given.ordinal,
        (select l.value from label_value l
          where l.dimension = given.dimension and l.label_id = given.label) as value
      from unnest(days, dimensions, labels) with ordinality as given (day, dimension, label, ordinal)
      offset 0 -- each text is looked up once
    ) g
    where g.value <> ''
    group by g.month, g.dimension, g.value
    offset 0
  ) w
  -- Asked one by one, by the index: an anti-join of tables that grow like this is planned as if they were empty.
  where (select true from counted_value v
      where v.month = w.month and v.dimension = w.dimension and v.value = w.value) is null
    and (select true from counted_full f where f.month = w.month and f.dimension = w.dimension) is null;
  if wanted_months is null then
    return;
  end if;
  -- One at a time, until the commit: each sees what the one before it has added.
  perform pg_advisory_xact_lock(hashtext('kansen values'));
  with still as materialized (
    select n.month, n.dimension, n.value,
      row_number() over (partition by n.month, n.dimension order by n.ordinal) as place
    from unnest(wanted_months, wanted_dimensions, wanted_values) with ordinality
      as n (month, dimension, value, ordinal)
    where (select true from counted_value v
        where v.month = n.month and v.dimension = n.dimension and v.value = n.value collate "C") is null
      and (select true from counted_full f where f.month = n.month and f.dimension = n.dimension) is null
  ), room as materialized (
    select d.month, d.dimension, bound - (select count(*) from counted_value v
        where v.month = d.month and v.dimension = d.dimension) as places
    from (select distinct month, dimension from still) d
  ), placed as materialized (
    select s.month, s.dimension, s.value, s.place <= r.places as fits
    from still s
    join room r using (month, dimension)
  ), full_now as (
    insert into counted_full (month, dimension)
    select distinct month, dimension from placed where not fits
  )
  insert into counted_value (month, dimension, value)
  select month, dimension, value from placed where fits;
end
$$;
revoke execute on function admit_values(integer[], smallint[], integer[]) from public;

-- ---- views

create or replace view report.infections as
select t.name as threat, i.month, i.device_id, i.country, i.first_seen, n.name as malware_name,
  nullif(p.product, '') as product, nullif(p.version, '') as version, o.os, s.segment
from infection i
join threat t using (threat_id)
left join malware_name n using (name_id)
left join product p using (product_id)
left join os o on o.os_id = i.os_id
left join segment s on s.segment_id = i.segment_id
where t.state = 'ready';
comment on column report.infections.malware_name is
  'Of the earliest detection of that device in that month, as all that follows. Null also while'
  ' report.dimension_recounts has the month.';

create view report.dimension_infections as
select t.name as threat, c.month, d.name as dimension, c.value,
  sum(c.infections)::bigint as infections, sum(c.detections)::bigint as detections
from current_count c
join threat t using (threat_id)
join (values (0::smallint, 'country'), (1, 'name'), (2, 'product'), (3, 'version'), (4, 'os'),
  (5, 'segment')) d (dimension, name) using (dimension)
where t.state = 'ready'
group by t.name, c.month, d.name, c.value
having sum(c.infections) <> 0 or sum(c.detections) <> 0;
comment on view report.dimension_infections is
  'Infected machines and detections per threat, month and value of a dimension: country, name, product, version,'
  ' os, segment. Each adds up to the same sum.';
comment on column report.dimension_infections.value is
  'Empty: the event had none (country: ZZ). One blank: one of those beyond the 10,000 values of the month that'
  ' are counted one by one.';

create view report.country_infections as
select t.name as threat, c.month, c.value as country,
  sum(c.infections)::bigint as infections, sum(c.detections)::bigint as detections
from current_count c
join threat t using (threat_id)
where t.state = 'ready' and c.dimension = 0
group by t.name, c.month, c.value
having sum(c.infections) <> 0 or sum(c.detections) <> 0;
comment on view report.country_infections is
  'Infected machines and detections per threat, month and country; kept while events arrive.';

create view report.monthly_infections as
select threat, month, sum(infections)::bigint as infections, sum(detections)::bigint as detections
from report.country_infections
group by threat, month;
comment on view report.monthly_infections is 'Infected machines and detections per threat and month.';

create view report.count_causes as
select t.name as threat, c.month, d.name as dimension, c.value,
  case when c.slot >= 0 then 'arrived' when c.slot = -1 then 'relocated' when c.slot = -2 then 'replayed'
    else 'redefined' end as cause,
  sum(c.infections)::bigint as infections, sum(c.detections)::bigint as detections
from current_count c
join threat t using (threat_id)
join (values (0::smallint, 'country'), (1, 'name'), (2, 'product'), (3, 'version'), (4, 'os'),
  (5, 'segment')) d (dimension, name) using (dimension)
where t.state = 'ready'
group by 1, 2, 3, 4, 5
having sum(c.infections) <> 0 or sum(c.detections) <> 0;
comment on view report.count_causes is
  'Why the counts of report.dimension_infections are what they are: sums by cause, which can be negative.';
comment on column report.count_causes.cause is
  'arrived: by Kafka or in files; relocated: `db relocate`; replayed: dead letters; redefined: `threat set`.';

create view report.dimension_recounts as
select t.name as threat, r.month
from dimension_recount r
join threat t using (threat_id)
where t.state = 'ready';
comment on view report.dimension_recounts is
  'Months that are still to be counted by name, product, version, os and segment: `kansen db migrate` does it.';

grant select on os, segment, catalogue, dimension_recount, current_count, label_value, counted_value,
  counted_full to kansen_loader;
grant insert on os, segment to kansen_loader;
grant execute on function admit_values(integer[], smallint[], integer[]) to kansen_loader;
grant select on report.dimension_infections, report.country_infections, report.monthly_infections,
  report.count_causes, report.dimension_recounts to kansen_loader, kansen_reader;
