-- standing_load: which commands of kansen are connected at this moment, this one left out, and how many of each.
select substring(application_name from 8) as command, count(*) as connections
from pg_stat_activity
where datname = current_database() and application_name like 'kansen %' and pid <> pg_backend_pid()
group by 1
order by 1
