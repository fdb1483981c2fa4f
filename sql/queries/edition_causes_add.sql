-- Called by editions/publish: what edition $1 counted, of threat $2 in the months $3 to $4.
insert into edition_cause (edition_id, month, dimension, value, cause, infections, detections)
select $1::integer, month, dimension, value, cause, infections, detections
from report.count_causes
where threat = $2 and month between to_date($3, 'YYYY-MM') and to_date($4, 'YYYY-MM')
