-- standing_load: the room of each month's partitions, the last month first, the default partitions (null) before.
select to_char(month, 'YYYY-MM') as month, coalesce(detection_bytes, 0) as detection_bytes,
  coalesce(infection_bytes, 0) as infection_bytes, about_detections
from report.storage
order by report.storage.month desc nulls first
