-- stats/load: the patterns of threat $1.
select unnest(patterns) as pattern from report.threats where threat = $1
