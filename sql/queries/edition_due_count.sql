-- editions/due: detections of the months from $1 to $2 (YYYY-MM), of all threats: more of them, and events still arrive.
select coalesce(sum(detections), 0)::bigint
from report.monthly_infections
where month between to_date($1, 'YYYY-MM') and to_date($2, 'YYYY-MM')
