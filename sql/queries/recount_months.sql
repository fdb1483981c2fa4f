-- Called by recount_stored: the months of the threat $1 that are still to be counted: first day, the same
-- as days since 1970, first instant, that of the next month, and the month as YYYY-MM.
select r.month, r.month - date '1970-01-01', c.starts_at, c.ends_at, to_char(r.month, 'YYYY-MM')
from recount_month r
join calendar_month c using (month)
where r.threat_id = $1
order by r.month;
