-- Called by labelling_run: what is still to be counted by the dimensions of migration 017: threat, first day of
-- the month, the same as days since 1970, its first instant, that of the next, and for people the month as
-- YYYY-MM and the threat's name.
select r.threat_id, r.month, r.month - date '1970-01-01', c.starts_at, c.ends_at, to_char(r.month, 'YYYY-MM'),
  t.name
from dimension_recount r
join calendar_month c using (month)
join threat t using (threat_id)
order by t.name, r.threat_id, r.month desc;
