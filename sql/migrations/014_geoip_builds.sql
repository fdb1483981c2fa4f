-- Which MaxMind DB each detection's country was looked up in, and of each month, in which ones. Run as the
-- role kansen_owner. No table of events is written: the column is null in what is there.
alter table detection add column geoip_id smallint;
comment on column detection.geoip_id is
  'Row of geoip_database in which the country was looked up; 0: it is the event''s own; -1: the event had'
  ' none and there was no MaxMind DB; null: stored by a version that did not note it.';

alter table geoip_database
  drop constraint geoip_database_pkey,
  add column geoip_id smallint primary key generated always as identity,
  add column fingerprint uuid;
create unique index geoip_database_build on geoip_database (built_at, fingerprint);
comment on column geoip_database.fingerprint is
  'Hash of the file: two may be built in the same second. Null: used by a version that did not note it.';

create table geoip_use (
  month date not null,
  geoip_id smallint not null,
  noted boolean not null default true,
  primary key (month, geoip_id)
);
comment on table geoip_use is
  'In what the countries of a month''s detections were looked up: the values of detection.geoip_id, -2 for'
  ' null, without 0. Written with the first of them, in its transaction.';
comment on column geoip_use.noted is
  'False while `db relocate` looks whether any is left: whoever stores one makes it true.';

alter table threat_catalogue add column renoted bigint not null default 0;
comment on column threat_catalogue.renoted is
  'Grows when rows of geoip_use are no longer noted: workers that know them to be there must forget it.';

insert into geoip_use (month, geoip_id)
select c.month, -2
from calendar_month c
where exists (select from detection d where d.event_time >= c.starts_at and d.event_time < c.ends_at);

create view report.geoip_builds as
select u.month,
  case u.geoip_id when -1 then 'not-looked-up' when -2 then 'not-noted' else 'looked-up' end as state,
  g.built_at
from geoip_use u
left join geoip_database g using (geoip_id);
comment on view report.geoip_builds is
  'What the countries of each month''s events were looked up in, those that were not the event''s own.';
comment on column report.geoip_builds.state is
  'looked-up: in the MaxMind DB of built_at; not-looked-up: there was none; not-noted: stored by a version'
  ' of kansen that did not note it.';

grant select, insert on geoip_use to kansen_loader;
grant update (noted) on geoip_use to kansen_loader;
grant select on report.geoip_builds to kansen_loader, kansen_reader;
