-- Called by recounts_load: threats and the months, as days since 1970, in which workers don't count them.
select threat_id, month - date '1970-01-01'
from recount_month
where state = 'waiting'
order by threat_id, month;
