-- Views made to be read: everything an analyst needs, in words, without ids.

create view report.detections as
select
  d.event_time, c.month, d.device_id, d.event_id, n.name as malware_name, d.country, d.address,
  encode(d.sha256, 'hex') as sha256, p.vendor, p.product, p.version, a.action
from detection d
join calendar_month c on d.event_time >= c.starts_at and d.event_time < c.ends_at
join malware_name n using (name_id)
left join product p using (product_id)
left join action a using (action_id);
comment on view report.detections is
  'Every detection, one row each. Filter on event_time to read only the months you need.';
comment on column report.detections.month is 'First day of the month, in the report time zone.';
comment on column report.detections.country is
  'ISO 3166-1 alpha-2 of this detection; ZZ when unknown.';

create view report.threats as
select t.name as threat, t.name_en, t.name_ja, t.defined_at,
  array(select r.pattern from threat_rule r where r.threat_id = t.threat_id order by r.pattern)
    as patterns
from threat t
where t.state = 'ready';
comment on view report.threats is 'Threats that are counted, with their patterns and display names.';

create view report.threats_in_progress as
select t.name as threat, t.name_en, t.name_ja, t.defined_at
from threat t
where t.state = 'counting';
comment on view report.threats_in_progress is
  'Threats whose stored detections are still being counted; not in the other views until that is done.';

create view report.infections as
select t.name as threat, i.month, i.device_id, i.country, i.first_seen
from infection i
join threat t using (threat_id)
where t.state = 'ready';
comment on view report.infections is
  'One row per threat, month and device with at least one detection: the set behind every count.';
comment on column report.infections.country is
  'Country of the earliest detection of that device in that month.';

create view report.country_infections as
select t.name as threat, c.month, c.country,
  sum(c.infections)::bigint as infections, sum(c.detections)::bigint as detections
from infection_count c
join threat t using (threat_id)
where t.state = 'ready'
group by t.name, c.month, c.country
having sum(c.infections) <> 0 or sum(c.detections) <> 0;
comment on view report.country_infections is
  'Infected machines and detections per threat, month and country; kept while events arrive.';

create view report.monthly_infections as
select threat, month, sum(infections)::bigint as infections, sum(detections)::bigint as detections
from report.country_infections
group by threat, month;
comment on view report.monthly_infections is 'Infected machines and detections per threat and month.';

create view report.dead_letters as
select source, topic, partition, "offset", reason, detail, rejected_at,
  octet_length(value) as bytes
from dead_letter;
comment on view report.dead_letters is 'Rejected events without their contents, which are untrusted.';

create view report.settings as
select name, value from setting
union all
select 'geoip_build', to_char(max(built_at) at time zone 'UTC', 'YYYY-MM-DD')
from geoip_database
having max(built_at) is not null;
comment on view report.settings is
  'The report time zone, and the date of the newest MaxMind DB that countries were looked up in.';

create view report.malware_names as select name from malware_name;
comment on view report.malware_names is 'Every malware name that was ever detected.';

create view report.offsets as
select cluster, group_id, topic, incarnation, partition, next_offset, updated_at
from kafka_offset;
comment on view report.offsets is 'How far each Kafka partition has been read and stored.';

create view report.schema_version as
select coalesce(max(version), 0) as version from migration;
comment on view report.schema_version is 'Number of the newest migration of this database.';
