-- Called by recount_stored for each month: how many detections of the names $1 there are from $2 to before
-- $3, by country.
select country, count(*)
from detection
where name_id = any ($1::integer[]) and event_time >= $2::timestamptz and event_time < $3::timestamptz
group by country;
