-- Called by editions/catalogue: editions of threat $1, from month $2, to month $3, of number $4 (null: any), the
-- newest first. Times are the report time zone's for people, and UTC.
select e.threat, to_char(e.from_month, 'YYYY-MM'), to_char(e.to_month, 'YYYY-MM'), e.edition,
  to_char(e.published_at at time zone z.value, 'YYYY-MM-DD HH24:MI'),
  to_char(e.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  (extract(epoch from e.published_at) * 1000000)::bigint, e.published_by, e.provisional, e.total, e.program,
  e.options, to_char(e.withdrawn_at at time zone z.value, 'YYYY-MM-DD HH24:MI'),
  to_char(e.withdrawn_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), e.withdrawn_by,
  (extract(epoch from e.withdrawn_at) * 1000000)::bigint, e.withdrawn_reason, z.value,
  e.template_sha256, e.figures_sha256
from report.editions e
cross join (select value from report.settings where name = 'timezone') z
where ($1::text is null or e.threat = $1)
  and ($2::text is null or e.from_month = to_date($2, 'YYYY-MM'))
  and ($3::text is null or e.to_month = to_date($3, 'YYYY-MM'))
  and ($4::text is null or e.edition = $4::integer)
order by e.published_at desc, e.threat, e.to_month desc, e.from_month, e.edition desc
