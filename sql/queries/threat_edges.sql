-- Called by sweep_removed for each month: one in 50,000 of the devices that have an infection of the threat $1 in the
-- month $2, in order, as recount_edges draws them: where a part ends that is deleted in one transaction.
select device_id
from infection
where threat_id = $1::integer and month = $2::date and uuid_hash(device_id) % 50000 = 0
order by device_id;
