-- stats/load: what the countries of the months $1 to $2 (YYYY-MM) were looked up in: 'looked-up' with a date
-- each, the oldest first; 'not-noted' when some were stored by a version that did not note it;
-- 'not-looked-up' when there was no MaxMind DB for some addresses.
select distinct state, to_char(built_at at time zone 'UTC', 'YYYY-MM-DD') as built
from report.geoip_builds
where month between to_date($1, 'YYYY-MM') and to_date($2, 'YYYY-MM')
order by 1, 2
