-- Called by recount_stored: the staged infections of the devices from $3 to before $4 (null: the last) are added
-- to those of the month $1 and the threat $2, none of which is there yet: else nothing is, and recount_merge follows.
insert into infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id, os_id,
  segment_id)
select $1::date, $2::integer, device_id, country, first_seen, first_event_id, name_id, product_id, os_id, segment_id
from recount_stage
where device_id >= $3::uuid and ($4::uuid is null or device_id < $4::uuid)
order by device_id;
