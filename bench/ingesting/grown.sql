-- Called by stage.grow: a month in which so many machines are infected already. Their ids are as random as
-- those of the fleet, in the order in which they came, so that the key has grown as it does in life:
-- leaf by leaf, each two thirds full. Counts and detections are left as they are, and so is what an
-- infection has in newer schemas alone.
insert into kansen.infection (month, threat_id, device_id, country, first_seen, first_event_id)
select m.month, t.threat_id, md5('machine ' || number)::uuid, 'JP',
  m.starts_at + number * (m.ends_at - m.starts_at) / %(machines)s,
  md5('event ' || number)::uuid
from generate_series(1, %(machines)s) number
cross join (select month, starts_at, ends_at from kansen.calendar_month where month = %(month)s) m
cross join (select threat_id from kansen.threat where name = %(threat)s) t
