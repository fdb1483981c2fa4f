-- A threat has a name in any language, not in two. Run as the role kansen_owner.
create table threat_name (
  threat_id integer not null references threat on delete cascade,
  language text collate "C" not null check (language ~ '^[A-Za-z0-9-]{1,35}$'),
  name text not null,
  primary key (threat_id, language)
);
comment on table threat_name is
  'What a threat is called in reports of a language (a code like en, pt-BR); none: threat.name.';
-- en and EN are one language.
create unique index threat_name_language on threat_name (threat_id, lower(language));
grant select on threat_name to kansen_loader;

insert into threat_name (threat_id, language, name)
select threat_id, 'en', name_en from threat
union all
select threat_id, 'ja', name_ja from threat;

create or replace view report.threats as
select t.name as threat,
  coalesce(en.name, t.name collate "default") as name_en,
  coalesce(ja.name, en.name, t.name collate "default") as name_ja,
  t.defined_at,
  array(select r.pattern from threat_rule r where r.threat_id = t.threat_id order by r.pattern)
    as patterns
from threat t
left join threat_name en on en.threat_id = t.threat_id and lower(en.language) = 'en'
left join threat_name ja on ja.threat_id = t.threat_id and lower(ja.language) = 'ja'
where t.state = 'ready';
comment on view report.threats is
  'Threats that are counted, with their patterns; report.threat_names has the names in all languages.';
comment on column report.threats.name_en is 'The name in English; else the one that commands know.';
comment on column report.threats.name_ja is
  'The name in Japanese; else the one in English; else the one that commands know.';

create or replace view report.threats_in_progress as
select t.name as threat,
  coalesce(en.name, t.name collate "default") as name_en,
  coalesce(ja.name, en.name, t.name collate "default") as name_ja,
  t.defined_at
from threat t
left join threat_name en on en.threat_id = t.threat_id and lower(en.language) = 'en'
left join threat_name ja on ja.threat_id = t.threat_id and lower(ja.language) = 'ja'
where t.state = 'counting';

create view report.threat_names as
select t.name as threat, n.language, n.name
from threat t
join threat_name n using (threat_id)
where t.state = 'ready';
comment on view report.threat_names is
  'What the threats that are counted are called in reports, one row a language.';
grant select on report.threat_names to kansen_loader, kansen_reader;

alter table threat drop column name_en, drop column name_ja;
