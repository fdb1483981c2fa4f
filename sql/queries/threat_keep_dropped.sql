-- Called by `threat set` for each row of threat_keep_months, in front of threat_keep_forgotten: the infections of the
-- month $2 and the definition $3 are the new definition's, $1, too.
insert into infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id, os_id,
  segment_id)
select month, $1::integer, device_id, country, first_seen, first_event_id, name_id, product_id, os_id, segment_id
from infection
where month = $2::date and threat_id = $3::integer
order by device_id
on conflict do nothing;
