-- Called by `threat set` with the lock of catalogue_lock: what is counted of forgotten machines in months whose detections
-- are dropped goes with these counts to the new definition $1.
update forgotten_count f
set threat_id = $1::integer
from threat n
join threat o on o.name = n.name and o.state = 'ready' and o.threat_id <> n.threat_id
join closed_month m on m.dropped_at is not null
where n.threat_id = $1::integer and f.threat_id = o.threat_id and f.month = m.month;
