-- standing_load: the months of which anything is known, the last first.
select to_char(month, 'YYYY-MM') as month, state
from report.completeness
where state <> 'no-data'
order by month desc
