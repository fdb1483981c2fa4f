-- What operators ask: who reads each partition and how far behind it is, and how much room each month takes.
-- Run as the role kansen_owner. Nothing here has an index that batches would have to keep, so the rows of
-- kafka_offset still move in place.
alter table kafka_offset
  add column end_offset bigint,
  add column end_known_at timestamptz;
comment on column kafka_offset.end_offset is
  'Where the partition ended, as the brokers last said; null: not known yet.';
comment on column kafka_offset.end_known_at is 'When its owner last stored end_offset.';

create or replace view report.offsets as
select cluster, group_id, topic, incarnation, partition, next_offset, updated_at, read_until, newest_event,
  retired_at, heartbeats, owner as worker, backend_pid as connection, backend_start as connected_at,
  end_offset, end_known_at, case when tried_offset = next_offset then tries else 0 end as tries
from kafka_offset;
comment on column report.offsets.worker is 'HOST:PID of the worker that took it last; it may be gone.';
comment on column report.offsets.connection is 'Process of PostgreSQL that this worker was connected to.';
comment on column report.offsets.connected_at is 'When that connection began.';
comment on column report.offsets.end_offset is
  'Where the partition ended when end_known_at was stored; null: not known yet.';
comment on column report.offsets.end_known_at is 'When end_offset was stored.';
comment on column report.offsets.tries is
  'Workers in a row that began at next_offset and neither stored anything nor ended in order.';

-- Sizes are those of the files: rows that were deleted count until they are vacuumed away and used again.
create view report.storage as
select to_date(substring(child.relname from '_(\d{4}_\d{2})$'), 'YYYY_MM') as month,
  sum(pg_total_relation_size(child.oid))
    filter (where i.inhparent = 'kansen.detection'::regclass)::bigint as detection_bytes,
  sum(pg_total_relation_size(child.oid))
    filter (where i.inhparent = 'kansen.infection'::regclass)::bigint as infection_bytes,
  max(case when pg_relation_size(child.oid) = 0 then 0 else nullif(child.reltuples, -1) end)
    filter (where i.inhparent = 'kansen.detection'::regclass)::bigint as about_detections
from pg_inherits i
join pg_class child on child.oid = i.inhrelid
where i.inhparent in ('kansen.detection'::regclass, 'kansen.infection'::regclass)
group by 1;
comment on view report.storage is 'Room on the disk that the partitions of each month take, indexes included.';
comment on column report.storage.month is
  'First day of the month; null: the default partitions, which hold what has no partition of its month.';
comment on column report.storage.detection_bytes is 'Bytes of detections.';
comment on column report.storage.infection_bytes is 'Bytes of infections, active machines among them.';
comment on column report.storage.about_detections is
  'Number of detections, as autovacuum last counted or estimated it; null: it has not yet.';

create view report.months_in_default as
select c.month
from calendar_month c
where exists (select from detection_default d where d.event_time >= c.starts_at and d.event_time < c.ends_at)
  or exists (select from infection_default i where i.month = c.month);
comment on view report.months_in_default is
  'Months of which rows lie in the default partitions, until `kansen db maintain` makes partitions of them.';
comment on column report.months_in_default.month is 'First day of the month, in the report time zone.';

grant select on report.storage, report.months_in_default to kansen_loader, kansen_reader;
