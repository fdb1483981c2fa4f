-- stats/load: what threat $1 is called in reports, in order of language.
select language, name from report.threat_names where threat = $1 order by language
