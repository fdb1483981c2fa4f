-- Watches kafka_offset in the database of a round. What a worker writes that has lost its partition
-- is mended by the identity of events, more often than not; here it shows all the same.
create schema faults;

create table faults.backend (
  pid integer,
  started_at timestamptz,
  owner text not null,
  primary key (pid, started_at)
);

create table faults.violation (
  what text not null
);

create function faults.audit() returns trigger
language plpgsql as $$
declare
  backend record;
begin
  select a.pid, a.backend_start, b.owner into backend
  from pg_stat_activity a
  left join faults.backend b on b.pid = a.pid and b.started_at = a.backend_start
  where a.pid = pg_backend_pid();

  -- Whoever takes a partition, or takes it again after a lost connection, does so under its name.
  if new.epoch <> old.epoch then
    insert into faults.backend values (backend.pid, backend.backend_start, new.owner)
    on conflict (pid, started_at) do update set owner = excluded.owner;
  end if;

  if new.next_offset < old.next_offset then
    insert into faults.violation values (format('offset of %s %s moved back from %s to %s',
      new.topic, new.partition, old.next_offset, new.next_offset));
  end if;
  if new.next_offset <> old.next_offset and backend.owner <> old.owner then
    insert into faults.violation values (format(
      'offset of %s %s moved from %s to %s by %s, but %s owned it',
      new.topic, new.partition, old.next_offset, new.next_offset, backend.owner, old.owner));
  end if;
  return new;
end
$$;

create trigger audit before update on kansen.kafka_offset
  for each row execute function faults.audit();
