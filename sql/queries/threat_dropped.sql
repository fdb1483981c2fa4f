-- Called by `threat set`: months whose detections are dropped, so that no definition can count them: how many, the
-- first, the last.
select count(*), to_char(min(month), 'YYYY-MM'), to_char(max(month), 'YYYY-MM')
from closed_month
where dropped_at is not null;
