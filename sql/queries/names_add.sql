-- Called by the store with malware names it has not met ($1). In a transaction of its own: a name
-- without detections harms nobody, and workers don't wait for each other's batches.
insert into malware_name (name)
select n.name
from unnest($1::text[]) as n (name)
left join malware_name m on m.name = n.name
where m.name is null
order by n.name
on conflict do nothing;
