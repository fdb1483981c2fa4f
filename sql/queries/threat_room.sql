-- Called by `threat set`: how many threats there are besides the name $1, and how many patterns they have.
select count(distinct t.threat_id), count(r.pattern)
from threat t
left join threat_rule r using (threat_id)
where t.state <> 'removed' and t.name <> $1;
