-- standing_load: dead letters that wait, by reason: all, and those of the last hour and day.
select reason, count(*) as waiting, count(*) filter (where rejected_at > now() - interval '1 hour') as last_hour,
  count(*) filter (where rejected_at > now() - interval '1 day') as last_day,
  to_char(max(rejected_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last
from report.dead_letters
where replayed_at is null
group by reason
order by waiting desc, reason
