-- stats/load: the newest edition of threat $1 and the window $2 to $3 that stands, else the newest that was
-- withdrawn: its number, when it was published in the report time zone $4, whether it was withdrawn, when
-- it was published in UTC.
select edition, to_char(published_at at time zone $4, 'YYYY-MM-DD HH24:MI') as published,
  withdrawn_at is not null as withdrawn,
  to_char(published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as published_utc
from report.editions
where threat = $1 and from_month = to_date($2, 'YYYY-MM') and to_month = to_date($3, 'YYYY-MM')
order by withdrawn_at is not null, edition desc
limit 1
