-- Called by the store at the end of a batch, and by `db relocate`: detections of the months $1 (first days,
-- days since 1970) have the geoip_id $2, in turn. A row that says so already is neither written nor locked.
insert into geoip_use (month, geoip_id)
select n.month, n.geoip_id
from (
  select date '1970-01-01' + day as month, id::smallint as geoip_id
  from unnest($1::integer[], $2::integer[]) as given (day, id)
) n
where not exists (select from geoip_use u where u.month = n.month and u.geoip_id = n.geoip_id and u.noted)
order by n.month, n.geoip_id
on conflict (month, geoip_id) do update set noted = true;
