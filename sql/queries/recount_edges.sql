-- Called by recount_stored behind recount_stage: one in 50,000 of the staged devices, in order: where a part of them
-- ends that is stored in one transaction. They are drawn by their hash, so that whatever ids devices have, parts are
-- about alike.
select device_id
from recount_stage
where uuid_hash(device_id) % 50000 = 0
order by device_id;
