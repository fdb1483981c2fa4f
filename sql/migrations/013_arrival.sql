-- When a rejected message was taken by its source: what the age of its event is measured by, when it comes
-- and when it is replayed, however late either is.
alter table dead_letter add column arrived_at timestamptz;
comment on column dead_letter.arrived_at is
  'When Kafka took the message; null: it is of a file, or was kept by a version that did not know.';
