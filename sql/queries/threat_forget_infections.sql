-- Called by sweep_removed for each part: the infections of the threat $1 in the month $2 of the devices from $3 to
-- before $4 (null: the last) go.
delete from infection
where threat_id = $1::integer and month = $2::date and device_id >= $3::uuid
  and ($4::uuid is null or device_id < $4::uuid);
