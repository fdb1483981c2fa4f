-- Called by editions/changes: of threat $1 in the months $2 to $3, how the counts of edition $4 of that window
-- became those of edition $5 (null: those of now). By month, dimension and value: infections before and now,
-- the difference by cause, detections before and now. Value null: all of the month. What is the same has no
-- row.
with side as (
  select false as is_now, month, dimension, value, cause, infections, detections
  from report.edition_causes
  where threat = $1 and from_month = to_date($2, 'YYYY-MM') and to_month = to_date($3, 'YYYY-MM')
    and edition = $4::integer
  union all
  select true, month, dimension, value, cause, infections, detections
  from report.edition_causes
  where threat = $1 and from_month = to_date($2, 'YYYY-MM') and to_month = to_date($3, 'YYYY-MM')
    and edition = $5::integer
  union all
  select true, month, dimension, value, cause, infections, detections
  from report.count_causes
  where $5::integer is null and threat = $1
    and month between to_date($2, 'YYYY-MM') and to_date($3, 'YYYY-MM')
), change as (
  select month, dimension, value,
    coalesce(sum(infections) filter (where not is_now), 0) as before,
    coalesce(sum(infections) filter (where is_now), 0) as now,
    coalesce(sum(case when is_now then infections else -infections end)
      filter (where cause = 'arrived'), 0) as arrived,
    coalesce(sum(case when is_now then infections else -infections end)
      filter (where cause = 'relocated'), 0) as relocated,
    coalesce(sum(case when is_now then infections else -infections end)
      filter (where cause = 'replayed'), 0) as replayed,
    coalesce(sum(case when is_now then infections else -infections end)
      filter (where cause = 'redefined'), 0) as redefined,
    coalesce(sum(detections) filter (where not is_now), 0) as detections_before,
    coalesce(sum(detections) filter (where is_now), 0) as detections_now
  from side
  group by grouping sets ((month, dimension, value), (month, dimension))
  having grouping(value) = 0 or dimension = 'country'
)
select to_char(month, 'YYYY-MM'), dimension, value, before::bigint, now::bigint, arrived::bigint,
  relocated::bigint, replayed::bigint, redefined::bigint, detections_before::bigint, detections_now::bigint
from change
where before <> now or arrived <> 0 or relocated <> 0 or replayed <> 0 or redefined <> 0
  or detections_before <> detections_now
order by month, array_position(array['country', 'name', 'product', 'version', 'os', 'segment'], dimension),
  value is not null, abs(now - before) desc, value
