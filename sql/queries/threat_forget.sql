-- Called by sweep_removed when nothing is left that was counted of the threat $1.
with forgotten as (
  delete from forgotten_count where threat_id = $1
)
delete from threat where threat_id = $1;
