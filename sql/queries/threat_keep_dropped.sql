-- Called by `threat set` behind its recount, in front of threat_keep_forgotten: infections of the definition that $1 takes the place of, in months whose
-- detections are dropped: they stay as they were counted, and are the new definition's.
insert into infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id, os_id,
  segment_id)
select i.month, $1::integer, i.device_id, i.country, i.first_seen, i.first_event_id, i.name_id, i.product_id, i.os_id,
  i.segment_id
from threat n
join threat o on o.name = n.name and o.state = 'ready' and o.threat_id <> n.threat_id
join closed_month m on m.dropped_at is not null
join infection i on i.month = m.month and i.threat_id = o.threat_id
where n.threat_id = $1::integer
order by i.month, i.device_id
on conflict do nothing;
