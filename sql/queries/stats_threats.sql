-- stats/load: threats that can be reported, and those that are being counted for the first time.
select threat, 'ready' as state from report.threats
union all
select threat, 'counting' from report.threats_in_progress
where threat not in (select threat from report.threats)
order by threat
