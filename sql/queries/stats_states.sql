-- stats/completeness_load: what can be said of each month up to $1 (YYYY-MM) of which anything is known; and
-- the first such month, whatever the window, with the day in the report time zone $2 on which its first event
-- happened.
with each as materialized (select month, state, first_event from report.completeness where state <> 'no-data')
select to_char(month, 'YYYY-MM') as month, state, to_char(first_event at time zone $2, 'YYYY-MM-DD') as first_day
from each
where month <= to_date($1, 'YYYY-MM') or month = (select min(month) from each)
order by month
