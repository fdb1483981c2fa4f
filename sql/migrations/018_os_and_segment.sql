-- Analysts see the operating system and the segment of each detection. Run as the role kansen_owner.
create or replace view report.detections as
select
  d.event_time,
  (select c.month from calendar_month c where c.starts_at <= d.event_time
   order by c.starts_at desc limit 1) as month,
  d.device_id, d.event_id, n.name as malware_name, d.country, d.address,
  encode(d.sha256, 'hex') as sha256, p.vendor, p.product, p.version, a.action, o.os, s.segment
from detection d
join malware_name n using (name_id)
left join product p using (product_id)
left join action a using (action_id)
left join os o using (os_id)
left join segment s using (segment_id);
comment on column report.detections.os is
  'Operating system, as the event names it. Null: it names none, or was stored before there was this key.';
comment on column report.detections.segment is
  'Segment of customers, or industry, as the event names it. Null: it names none.';
