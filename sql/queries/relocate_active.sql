-- Called by `db relocate` behind its months: active machines of the months $1 to $2 (YYYY-MM). They have the
-- countries that their heartbeats had when they came; of heartbeats no address is kept.
select coalesce(sum(infections), 0)
from current_count
where threat_id = 0 and dimension = 0 and month between to_date($1, 'YYYY-MM') and to_date($2, 'YYYY-MM');
