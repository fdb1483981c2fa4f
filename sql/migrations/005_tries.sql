-- Partitions at which workers die: a batch of messages that unpacks to more memory than a worker has
-- kills each one that reads it, and all that it reads with it. Run as the role kansen_owner.
alter table kafka_offset
  add column tries integer not null default 0,
  add column tried_offset bigint,
  add column tried_at timestamptz;
comment on column kafka_offset.tries is
  'Workers in a row that began to read at tried_offset and neither stored anything nor ended in order.';
comment on column kafka_offset.tried_at is 'When the last of them began.';
