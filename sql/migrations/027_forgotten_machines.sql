-- A machine whose rows are erased while the counts stay (docs/retention.md). Run as the role kansen_owner.
create table erasure (
  erasure_id integer primary key generated always as identity,
  begun_at timestamptz not null default now(),
  ended_at timestamptz,
  erased_by text not null default session_user,
  reason text not null check (reason ~ '[^[:space:]]'),
  detections bigint not null default 0,
  infections bigint not null default 0,
  active bigint not null default 0,
  dead_letters bigint not null default 0
);
comment on table erasure is 'When rows of a machine were erased, by whom, why and how many. Not which machine.';
comment on column erasure.ended_at is 'Null: it was interrupted; the same command goes on.';
comment on column erasure.active is 'Months in which it was an active machine.';

-- What is counted of machines whose rows are gone: db verify adds it to what the rows say.
create table forgotten_count (
  month date not null,
  threat_id integer not null,
  dimension smallint not null,
  value text collate "C" not null,
  infections bigint not null,
  detections bigint not null,
  primary key (month, threat_id, dimension, value)
);
comment on table forgotten_count is
  'Counts of machines whose rows are erased: the sum over all of them. threat_id 0: active machines.';

-- Events of these machines from before an instant don't come back, however often they are sent: they are counted.
create table forgotten_machine (
  digest text primary key,
  until timestamptz not null
);
comment on table forgotten_machine is
  'Machines whose rows are erased, as SHA-256 of forgotten_salt and the id: who knows an id can tell whether it is here,'
  ' and nobody can tell the id.';
create table forgotten_salt (
  only_row boolean primary key default true check (only_row),
  salt uuid not null default gen_random_uuid()
);
insert into forgotten_salt default values;

create function machine_digest(device uuid) returns text
language sql stable as $$
  select encode(sha256(uuid_send(s.salt) || uuid_send(device)), 'hex') from kansen.forgotten_salt s
$$;

grant select on erasure, forgotten_count, forgotten_machine, forgotten_salt to kansen_loader;

create view report.erasures as
select begun_at, ended_at, erased_by, reason, detections, infections, active, dead_letters
from erasure;
comment on view report.erasures is 'When rows of a machine were erased (`kansen db forget`). Counts stay as they are.';
comment on column report.erasures.begun_at is 'When it began.';
comment on column report.erasures.ended_at is 'When it ended; null: it was interrupted, and the same command goes on.';
comment on column report.erasures.erased_by is 'Role that did it.';
comment on column report.erasures.reason is 'Why, as whoever did it has said.';
comment on column report.erasures.detections is 'Detections that were erased.';
comment on column report.erasures.infections is 'Infections that were erased: a threat and a month each.';
comment on column report.erasures.active is 'Months in which it was an active machine, erased.';
comment on column report.erasures.dead_letters is 'Dead letters that named it, erased.';
grant select on report.erasures to kansen_loader, kansen_reader;
