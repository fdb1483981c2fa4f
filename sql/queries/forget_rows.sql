-- Called by forget_machine: erases the rows of the machine $2 in the month $1, and adds them to the line $3.
with detections as (
  delete from detection d
  using calendar_month c
  where c.month = $1::date and d.event_time >= c.starts_at and d.event_time < c.ends_at and d.device_id = $2::uuid
  returning d.event_id
), infections as (
  delete from infection where month = $1::date and device_id = $2::uuid
  returning threat_id
)
update erasure
set detections = detections + (select count(*) from detections),
  infections = infections + (select count(*) filter (where threat_id <> 0) from infections),
  active = active + (select count(*) filter (where threat_id = 0) from infections)
where erasure_id = $3::integer;
