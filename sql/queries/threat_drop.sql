-- Called by `threat set` and `threat remove` with the lock of catalogue_lock: the definitions of the name $1
-- but $2 (null: all), in the state $3 (null: any), are shown and counted no more. One row for each.
with dropped as (
  update threat set state = 'removed'
  where name = $1 and threat_id is distinct from $2::integer and state <> 'removed'
    and ($3::text is null or state = $3)
  returning threat_id
), rules as (
  delete from threat_rule r using dropped d where r.threat_id = d.threat_id
), months as (
  delete from recount_month r using dropped d where r.threat_id = d.threat_id
), old_months as (
  delete from dimension_recount r using dropped d where r.threat_id = d.threat_id
)
select threat_id from dropped;
