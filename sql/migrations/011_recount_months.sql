-- `threat set` counts what is stored a month at a time, each in a snapshot of its own, and goes on where it
-- was interrupted (docs/threats.md). Run as the role kansen_owner.
select pg_advisory_xact_lock(hashtext('kansen threat set'));

create table recount_month (
  threat_id integer not null references threat on delete cascade,
  month date not null,
  state text not null default 'waiting' check (state in ('waiting', 'counting')),
  primary key (threat_id, month)
);
comment on table recount_month is
  'Months of a threat whose detections are still to be counted. Workers count nothing in one that is'
  ' waiting, and everything new in all others.';

-- A definition that is replaced or removed vanishes at once; its infections and counts are deleted later.
alter table threat
  drop constraint threat_state_check,
  add constraint threat_state_check check (state in ('counting', 'ready', 'removed')),
  drop constraint threat_name_state_key;
create unique index threat_name_state_key on threat (name, state) where state <> 'removed';

-- A recount that an older program did not finish can't be gone on with.
delete from threat_rule r using threat t where t.threat_id = r.threat_id and t.state = 'counting';
update threat set state = 'removed' where state = 'counting';

alter table threat_catalogue add column forgotten bigint not null default 0;
comment on column threat_catalogue.forgotten is
  'Grows when infections of a threat that goes on being counted are deleted: workers that know them to be'
  ' stored must forget it.';

grant select on recount_month to kansen_loader;
