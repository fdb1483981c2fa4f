-- Called by labelling_run for each chunk: the device up to which there are 5,000 infections of the threat $1 and
-- the month $2 without labels from the device $3 on; null when there is none at all.
select (array_agg(device_id order by device_id desc))[1]
from (
  select device_id
  from infection
  where month = $2::date and threat_id = $1::integer and device_id >= $3::uuid and name_id is null
  order by device_id
  limit 5000
) next;
