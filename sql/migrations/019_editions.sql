-- Editions: published reports with their figures and files, which never change. Run as the role
-- kansen_owner. Publishers add; nobody but the owner may change or delete, and a withdrawal is a row of
-- its own.
create table edition (
  edition_id integer primary key generated always as identity,
  threat text collate "C" not null,
  from_month date not null,
  to_month date not null check (to_month >= from_month),
  number integer not null check (number > 0),
  published_at timestamptz not null default now(),
  published_by text not null default session_user,
  provisional boolean not null,
  options json not null,
  total bigint not null,
  figures json not null,
  figures_sha256 bytea not null check (octet_length(figures_sha256) = 32),
  program text not null,
  unique (threat, from_month, to_month, number)
);
comment on table edition is 'Published reports: an edition is never changed; number 2 restates number 1.';
comment on column edition.threat is 'Its name then: a threat that is removed takes no edition with it.';
comment on column edition.options is 'What `kansen publish` was asked for: each option with its values.';
comment on column edition.figures is
  'As stats/figures_json writes them: everything that a report prints, definitions included. Type json keeps'
  ' the text as it is, of which figures_sha256 is the digest.';
comment on column edition.program is 'Version of the kansen that made it.';

create table edition_file (
  edition_id integer not null references edition,
  position integer not null,
  name text collate "C" not null,
  format text not null,
  language text not null,
  content bytea not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  primary key (edition_id, name)
);
comment on table edition_file is 'The files of an edition, byte by byte, with their digests.';

create table edition_cause (
  edition_id integer not null references edition,
  month date not null,
  dimension text not null,
  value text collate "C" not null,
  cause text not null,
  infections bigint not null,
  detections bigint not null,
  primary key (edition_id, month, dimension, value, cause)
);
comment on table edition_cause is
  'report.count_causes of the window when the edition was made: what a restatement is told from.';

create table edition_withdrawal (
  edition_id integer primary key references edition,
  withdrawn_at timestamptz not null default now(),
  withdrawn_by text not null default session_user,
  reason text not null check (reason ~ '[^[:space:]]')
);
comment on table edition_withdrawal is 'Editions that were withdrawn; they stay listed.';

create view report.editions as
select e.threat, e.from_month, e.to_month, e.number as edition, e.published_at, e.published_by,
  e.provisional, nullif(e.number - 1, 0) as restates,
  w.withdrawn_at, w.withdrawn_by, w.reason as withdrawn_reason,
  e.options, e.total, e.figures, encode(e.figures_sha256, 'hex') as figures_sha256, e.program
from edition e
left join edition_withdrawal w using (edition_id);
comment on view report.editions is 'Published reports, those included that were withdrawn.';
comment on column report.editions.edition is 'Counts the editions of one threat and window from 1.';
comment on column report.editions.provisional is 'Published before every month was complete.';
comment on column report.editions.restates is 'The edition that this one replaces.';
comment on column report.editions.total is 'Infected machines of the window, as the report counts them.';
comment on column report.editions.figures is
  'All that is printed: definitions, months, dimensions, GeoIP builds, completeness, offsets, and what'
  ' changed since the edition that it replaces.';

create view report.edition_files as
select e.threat, e.from_month, e.to_month, e.number as edition, f.position, f.name, f.format, f.language,
  octet_length(f.content) as bytes, encode(f.sha256, 'hex') as sha256, f.content
from edition_file f
join edition e using (edition_id);
comment on view report.edition_files is 'The files of each edition.';
comment on column report.edition_files.sha256 is 'Digest of the file when it was published.';

create view report.edition_causes as
select e.threat, e.from_month, e.to_month, e.number as edition, c.month, c.dimension, c.value, c.cause,
  c.infections, c.detections
from edition_cause c
join edition e using (edition_id);
comment on view report.edition_causes is
  'What each edition counted, by month, dimension, value and cause: two of them subtracted say what'
  ' changed and why.';

grant select on report.editions, report.edition_files, report.edition_causes
  to kansen_loader, kansen_reader;

-- Nobody publishes until the role is there; everything else goes on (sql/queries/schema_publisher.sql).
do $$
begin
  if to_regrole('kansen_publisher') is not null then
    grant usage on schema kansen to kansen_publisher;
    grant select on edition, edition_file, edition_cause, edition_withdrawal to kansen_publisher;
    grant insert (threat, from_month, to_month, number, provisional, options, total, figures,
      figures_sha256, program) on edition to kansen_publisher;
    grant insert on edition_file, edition_cause to kansen_publisher;
    grant insert (edition_id, reason) on edition_withdrawal to kansen_publisher;
  end if;
end
$$;
