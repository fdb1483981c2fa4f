-- Called by load_restores: the month that the file with the digest $1 was exported from, when it is dropped: days
-- since 1970, YYYY-MM, how many detections it had, and whether its infections are gone.
select month - date '1970-01-01', to_char(month, 'YYYY-MM'), detections, (infections_dropped_at is not null)::integer
from closed_month
where dropped_at is not null and sha256 = $1;
