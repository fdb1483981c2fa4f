-- Called by sweep_removed: definitions that are gone for everybody but for what was counted of them.
select threat_id from threat where state = 'removed' order by threat_id;
