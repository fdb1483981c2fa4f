-- Up to when each partition has been read, so that a report can say which months are complete. Run as the
-- role kansen_owner.
alter table kafka_offset
  add column read_until timestamptz,
  add column newest_event timestamptz,
  add column retired_at timestamptz;
comment on column kafka_offset.read_until is
  'What Kafka took before this instant has been read here; never moves back. Null: not known yet.';
comment on column kafka_offset.newest_event is 'Newest event time that was accepted from here.';
comment on column kafka_offset.retired_at is
  'When `db retire` said that nothing comes from here any more; null again as soon as somebody reads it.';

-- Groups that read the same topic store the same events: the one that is furthest decides.
create view report.partitions as
select k.cluster, k.topic, k.partition, max(k.read_until) as read_until,
  max(k.newest_event) as newest_event, max(k.updated_at) as updated_at,
  bool_and(k.retired_at is not null) as retired
from kafka_offset k
where k.incarnation = (select max(n.incarnation) from kafka_offset n
  where (n.cluster, n.group_id, n.topic) = (k.cluster, k.group_id, k.topic))
group by k.cluster, k.topic, k.partition;
comment on view report.partitions is
  'Up to when each Kafka partition has been read, by the group that is furthest.';
comment on column report.partitions.read_until is
  'What Kafka took before this instant has been read and stored; null: not known yet.';
comment on column report.partitions.newest_event is 'Newest event time accepted from the partition.';
comment on column report.partitions.retired is 'Nothing comes from here any more (`kansen db retire`).';

create view report.completeness as
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
    (select min(i.month) from infection_count i)) as first_month
) data
cross join (
  select count(*) as partitions, count(*) filter (where p.read_until is null) as unknown,
    min(p.read_until) as read_until
  from report.partitions p
  where not p.retired
) kafka
where c.starts_at <= now();
comment on view report.completeness is
  'Each month up to the present one: complete, provisional or no-data.';
comment on column report.completeness.state is
  'no-data: before the first event that is stored. provisional: not over, or a Kafka partition has not been'
  ' read beyond its end. complete: over, and every partition has; without Kafka, over.';

grant select on report.partitions, report.completeness to kansen_loader, kansen_reader;

create or replace view report.offsets as
select cluster, group_id, topic, incarnation, partition, next_offset, updated_at, read_until, newest_event,
  retired_at
from kafka_offset;
