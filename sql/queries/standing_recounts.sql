-- standing_load: what is still to be counted: threats that have been defined and are not counted yet, and months
-- that a migration left to be counted by more than the country.
select t.threat, 'threat set' as by, to_char(t.defined_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since,
  null::bigint as months
from report.threats_in_progress t
union all
select threat, 'db migrate', null, count(*) from report.dimension_recounts group by threat
order by 2, 1
