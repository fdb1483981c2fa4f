-- Names as rows of a function, as the calendar is (032): on Citus who joined them with a view of the coordinator was asked
-- for rights on the tables of both. Run as the role kansen_owner.
create function find_malware_names() returns table (name text)
language plpgsql stable security definer rows 10000
set search_path = kansen, pg_temp as $$
begin
  return query select n.name from malware_name n;
end
$$;
revoke execute on function find_malware_names() from public;
grant execute on function find_malware_names() to kansen_loader, kansen_reader;
create or replace view report.malware_names as select name collate "C" as name from find_malware_names();
