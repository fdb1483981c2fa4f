-- Called by schema_init as kansen_owner: which migrations were applied.
create table if not exists migration (
  version integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
);
