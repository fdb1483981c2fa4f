-- Heartbeats: which machines are there, infected or not. Run as the role kansen_owner. Nothing else is kept of a
-- heartbeat than that its machine was active in its month, as a row of infection of threat 0, which is none: the
-- same exact set, by the same rules, with the same counts.
comment on column infection.threat_id is
  'Threat that the machine is infected with; 0: none, the machine was active (a heartbeat).';

-- ---- topics and dead letters know what they are of

alter table kafka_offset add column heartbeats boolean not null default false;
comment on column kafka_offset.heartbeats is
  'Whether heartbeats are read from here, or detections: decided by who takes the first partition.';

alter table dead_letter add column heartbeat boolean not null default false;
comment on column dead_letter.heartbeat is 'It was read as a heartbeat, and is when it is replayed.';
grant update (heartbeat) on dead_letter to kansen_loader;

create or replace view report.dead_letters as
select source, topic, partition, "offset", reason, detail, rejected_at,
  octet_length(value) as bytes, letter_id, replayed_at, element, heartbeat
from dead_letter;
comment on column report.dead_letters.heartbeat is 'It was read as a heartbeat (--heartbeats).';

create or replace view report.offsets as
select cluster, group_id, topic, incarnation, partition, next_offset, updated_at, read_until, newest_event,
  retired_at, heartbeats
from kafka_offset;
comment on column report.offsets.heartbeats is 'Heartbeats are read from here (--heartbeats), not detections.';

-- ---- what is complete: counts by the partitions of detections, active machines by those of heartbeats

create or replace view report.partitions as
select k.cluster, k.topic, k.partition, max(k.read_until) as read_until,
  max(k.newest_event) as newest_event, max(k.updated_at) as updated_at,
  bool_and(k.retired_at is not null) as retired, k.heartbeats
from kafka_offset k
where k.incarnation = (select max(n.incarnation) from kafka_offset n
  where (n.cluster, n.group_id, n.topic) = (k.cluster, k.group_id, k.topic))
group by k.cluster, k.topic, k.partition, k.heartbeats;
comment on column report.partitions.heartbeats is 'Heartbeats are read from here (--heartbeats), not detections.';

create or replace view report.completeness as
select c.month, c.starts_at, c.ends_at,
  case
    when c.month >= data.first_month is not true then 'no-data'
    when c.ends_at > now() then 'provisional'
    when kafka.partitions > 0 and (kafka.unknown > 0 or kafka.read_until < c.ends_at) then 'provisional'
    else 'complete'
  end as state
from calendar_month c
cross join (
  select least(
    (select max(m.month) from calendar_month m
      where m.starts_at <= (select min(d.event_time) from detection d)),
    (select min(i.month) from infection_count i where i.threat_id <> 0)) as first_month
) data
cross join (
  select count(*) as partitions, count(*) filter (where p.read_until is null) as unknown,
    min(p.read_until) as read_until
  from report.partitions p
  where not p.retired and not p.heartbeats
) kafka
where c.starts_at <= now();

create view report.active_completeness as
select c.month, c.starts_at, c.ends_at,
  case
    when c.month >= data.first_month is not true then 'no-data'
    when c.ends_at > now() then 'provisional'
    when kafka.partitions > 0 and (kafka.unknown > 0 or kafka.read_until < c.ends_at) then 'provisional'
    else 'complete'
  end as state
from calendar_month c
cross join (select min(month) as first_month from current_count where threat_id = 0 and infections <> 0) data
cross join (
  select count(*) as partitions, count(*) filter (where p.read_until is null) as unknown,
    min(p.read_until) as read_until
  from report.partitions p
  where not p.retired and p.heartbeats
) kafka
where c.starts_at <= now();
comment on view report.active_completeness is
  'Each month up to the present one, as to its active machines: complete, provisional or no-data.';
comment on column report.active_completeness.state is
  'no-data: before the first heartbeat. provisional: not over, or a Kafka partition of heartbeats has not been'
  ' read beyond its end. complete: over, and every such partition has; without Kafka, over.';

-- ---- for analysts

create view report.active_machines as
select i.month, i.device_id, i.country, i.first_seen, p.product, p.version, o.os, s.segment
from infection i
left join product p using (product_id)
left join os o on o.os_id = i.os_id
left join segment s on s.segment_id = i.segment_id
where i.threat_id = 0;
comment on view report.active_machines is
  'One row per month and machine that sent at least one heartbeat: the set behind report.active_devices.';
comment on column report.active_machines.country is
  'Country of the earliest heartbeat of that machine in that month, as all that follows.';

create view report.active_devices as
select c.month, d.name as dimension, c.value, sum(c.infections)::bigint as devices
from current_count c
join (values (0::smallint, 'country'), (2, 'product'), (3, 'version'), (4, 'os'), (5, 'segment'))
  d (dimension, name) using (dimension)
where c.threat_id = 0
group by c.month, d.name, c.value
having sum(c.infections) <> 0;
comment on view report.active_devices is
  'Machines that sent a heartbeat, per month and value of a dimension: country, product, version, os, segment.'
  ' Each adds up to the same sum.';
comment on column report.active_devices.value is
  'Empty: the heartbeat had none (country: ZZ). One blank: one of those beyond the 10,000 values of the month'
  ' that are counted one by one.';

grant select on report.active_completeness, report.active_machines, report.active_devices
  to kansen_loader, kansen_reader;
