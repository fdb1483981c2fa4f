-- The table of everybody but kansen: the event as it comes, no dictionaries, no country, and no key
-- unless upserts need one. Types are those that a careful person would choose; sha256 stays text
-- because none of the peers turns hexadecimal digits into bytes.
create table plain (
  "time" timestamptz not null,
  device uuid not null,
  id uuid not null,
  name text not null,
  ip text,
  sha256 text,
  vendor text,
  product text,
  version text,
  action text
);
create table plain_keyed (like plain, primary key ("time", device, id));
grant all on plain, plain_keyed to public;
