-- Called by recount_stored behind a recount_add that was refused: the same, where workers, or a recount that was
-- interrupted, have added some. The earliest detection wins, whoever brings it; done twice, it is the same. Rows are
-- taken in the order of their key, as everyone does.
insert into infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id, os_id,
  segment_id)
select $1::date, $2::integer, device_id, country, first_seen, first_event_id, name_id, product_id, os_id, segment_id
from recount_stage
where device_id >= $3::uuid and ($4::uuid is null or device_id < $4::uuid)
order by device_id
on conflict (month, threat_id, device_id) do update
set country = excluded.country, first_seen = excluded.first_seen, first_event_id = excluded.first_event_id,
  name_id = excluded.name_id, product_id = excluded.product_id, os_id = excluded.os_id,
  segment_id = excluded.segment_id
where (infection.first_seen, infection.first_event_id) > (excluded.first_seen, excluded.first_event_id);
