-- A message may hold an array: each element that is rejected is a letter of its own, and equal ones are
-- as many letters. Run as the role kansen_owner.
alter table dead_letter
  add column element integer not null default 0,
  drop constraint dead_letter_pkey,
  add primary key (source, topic, partition, "offset", element, value_hash);
comment on column dead_letter.element is
  'Number of the element, from 1, when the message is an array; 0: it was rejected as a whole.';
comment on column dead_letter.value is
  'The bytes as they came, of an element its own; null for a Kafka tombstone.';

create or replace view report.dead_letters as
select source, topic, partition, "offset", reason, detail, rejected_at,
  octet_length(value) as bytes, letter_id, replayed_at, element
from dead_letter;
comment on column report.dead_letters.element is
  'Number of the element, from 1, when the message is an array; 0: it was rejected as a whole.';
