-- The template that an edition was made with: its files, byte by byte, so that other formats can be made
-- in the same dress when the folder is gone. Run as the role kansen_owner.
alter table edition add column template_sha256 bytea check (octet_length(template_sha256) = 32);
comment on column edition.template_sha256 is
  'Digest of the template: of the lines that sha256sum prints of its files, by name. Null: none.';

create table edition_template (
  edition_id integer not null references edition,
  name text collate "C" not null,
  content bytea not null check (octet_length(content) <= 262144),
  sha256 bytea not null check (octet_length(sha256) = 32),
  primary key (edition_id, name)
);
comment on table edition_template is 'The files of the template that an edition was made with, byte by byte.';

create or replace view report.editions as
select e.threat, e.from_month, e.to_month, e.number as edition, e.published_at, e.published_by,
  e.provisional, nullif(e.number - 1, 0) as restates,
  w.withdrawn_at, w.withdrawn_by, w.reason as withdrawn_reason,
  e.options, e.total, e.figures, encode(e.figures_sha256, 'hex') as figures_sha256, e.program,
  encode(e.template_sha256, 'hex') as template_sha256
from edition e
left join edition_withdrawal w using (edition_id);
comment on column report.editions.template_sha256 is
  'Digest of the template, of the lines that sha256sum prints of its files, by name. Null: none.';

create view report.edition_templates as
select e.threat, e.from_month, e.to_month, e.number as edition, t.name, octet_length(t.content) as bytes,
  encode(t.sha256, 'hex') as sha256, t.content
from edition_template t
join edition e using (edition_id);
comment on view report.edition_templates is 'The files of the template that an edition was made with.';
comment on column report.edition_templates.threat is 'Name of the threat when the edition was published.';
comment on column report.edition_templates.from_month is 'First month of the window.';
comment on column report.edition_templates.to_month is 'Last month of the window.';
comment on column report.edition_templates.edition is 'Number of the edition.';
comment on column report.edition_templates.name is 'Name of the file in its folder.';
comment on column report.edition_templates.bytes is 'Size of the file.';
comment on column report.edition_templates.sha256 is 'Digest of the file when the edition was published.';
comment on column report.edition_templates.content is 'The file.';

grant select on report.edition_templates to kansen_loader, kansen_reader;

do $$
begin
  if to_regrole('kansen_publisher') is not null then
    grant select on edition_template to kansen_publisher;
    grant insert (template_sha256) on edition to kansen_publisher;
    grant insert on edition_template to kansen_publisher;
  end if;
end
$$;
