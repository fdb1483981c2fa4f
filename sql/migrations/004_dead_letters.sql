-- Dead letters as operators use them: a number to call each by, the headers it came with, whether
-- it was replayed, and to which Kafka topics it was relayed.
alter table dead_letter
  add column letter_id bigint generated always as identity,
  add column headers bytea[],
  add column replayed_at timestamptz,
  add unique (letter_id);
comment on column dead_letter.letter_id is
  'Numbers are given before the commit: a smaller one may appear after a larger one.';
comment on column dead_letter.headers is
  'Names and values of the Kafka headers in turn; null: there were none, or they were not kept.';
comment on column dead_letter.replayed_at is
  'When the event was stored after all; null: it is still rejected.';
comment on column dead_letter.reason is
  'Why it was rejected when it was last tried: when it came, or by a replay since.';

-- What a replay changes. The letter itself (place, key, value, headers) nobody can.
grant update (replayed_at, reason, detail) on dead_letter to kansen_loader;

create table relay (
  relay_id integer generated always as identity primary key,
  cluster text not null,
  topic text not null,
  unique (cluster, topic)
);
comment on table relay is 'Kafka topics that dead letters are relayed to.';

-- One row a letter and topic, written behind the delivery report. A mark for each, not a position:
-- letters become visible in the order of their commits, not of their numbers, and a position would
-- pass over those that come late.
create table relayed_letter (
  relay_id integer not null,
  letter_id bigint not null,
  relayed_at timestamptz not null default now(),
  refusal text,
  primary key (relay_id, letter_id)
);
comment on column relayed_letter.refusal is
  'Why the topic did not take the letter (too large for it); null: it did.';

grant select, insert on relay, relayed_letter to kansen_loader;
grant update (relayed_at, refusal) on relayed_letter to kansen_loader;

create or replace view report.dead_letters as
select source, topic, partition, "offset", reason, detail, rejected_at,
  octet_length(value) as bytes, letter_id, replayed_at
from dead_letter;
comment on column report.dead_letters.letter_id is
  'The number that `kansen dead-letters show` takes.';
comment on column report.dead_letters.replayed_at is
  'When the event was stored after all; null: it is still rejected.';

create view report.dead_letter_relays as
select r.cluster, r.topic,
  count(l.letter_id) filter (where l.refusal is null) as relayed,
  count(l.refusal) as refused,
  max(l.relayed_at) as last_at
from relay r
left join relayed_letter l using (relay_id)
group by r.cluster, r.topic;
comment on view report.dead_letter_relays is
  'Kafka topics that dead letters are relayed to: how many each took, and how many it refused.';
grant select on report.dead_letter_relays to kansen_loader, kansen_reader;
