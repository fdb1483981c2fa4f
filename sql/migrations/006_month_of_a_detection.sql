-- The month of a detection is looked up where it is asked for. As a join on a range PostgreSQL took it
-- for a hundred times as many rows and compared each detection with every month of the calendar. Run
-- as the role kansen_owner.
create or replace view report.detections as
select
  d.event_time,
  (select c.month from calendar_month c where c.starts_at <= d.event_time
   order by c.starts_at desc limit 1) as month,
  d.device_id, d.event_id, n.name as malware_name, d.country, d.address,
  encode(d.sha256, 'hex') as sha256, p.vendor, p.product, p.version, a.action
from detection d
join malware_name n using (name_id)
left join product p using (product_id)
left join action a using (action_id);
comment on column report.detections.month is
  'First day of the month, in the report time zone. Found out row by row: filter on event_time.';
