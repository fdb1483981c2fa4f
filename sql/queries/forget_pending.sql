-- Called by forget_machine: what has still to be counted, of which counts could not be kept: a definition's name.
select t.name from threat t where t.state = 'counting'
union all
select t.name from dimension_recount r join threat t using (threat_id)
limit 1;
