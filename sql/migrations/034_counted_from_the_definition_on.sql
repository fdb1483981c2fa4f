-- Workers count a threat in every month from its definition on. What was stored before is counted by `threat set` as
-- the difference between what is there and what is counted, at one moment, so that nothing of a recount that was
-- interrupted has to be deleted (docs/threats.md). Run as the role kansen_owner.

-- A recount that an older program did not finish can't be gone on with.
delete from threat_rule r using threat t where t.threat_id = r.threat_id and t.state = 'counting';
delete from recount_month r using threat t where t.threat_id = r.threat_id and t.state = 'counting';
update threat set state = 'removed' where state = 'counting';

alter table recount_month drop column state;
comment on table recount_month is
  'Months of a threat in which detections were stored before its definition that are still to be counted.';

-- Empty after a crash, when the recount begins anew.
create unlogged table recount_stage (
  device_id uuid primary key,
  first_seen timestamptz not null,
  first_event_id uuid not null,
  country text collate "C" not null,
  name_id integer not null,
  product_id integer,
  os_id integer,
  segment_id integer
);
comment on table recount_stage is
  'The infections of the month that `threat set` is counting, on their way to infection; empty otherwise.';
