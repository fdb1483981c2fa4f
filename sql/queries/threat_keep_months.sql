-- Called by `threat set` behind its recount: months whose detections are dropped stay as they were counted: each, and the
-- definition that $1 takes the place of.
select m.month, o.threat_id
from threat n
join threat o on o.name = n.name and o.state = 'ready' and o.threat_id <> n.threat_id
join closed_month m on m.dropped_at is not null
where n.threat_id = $1::integer
order by m.month;
