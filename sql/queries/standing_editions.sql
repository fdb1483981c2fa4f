-- standing_load: the newest edition of each threat that was not withdrawn.
select distinct on (threat) threat, to_char(from_month, 'YYYY-MM') as from_month,
  to_char(to_month, 'YYYY-MM') as to_month, edition,
  to_char(published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as published, provisional
from report.editions
where withdrawn_at is null
order by threat, report.editions.to_month desc, published_at desc, edition desc
