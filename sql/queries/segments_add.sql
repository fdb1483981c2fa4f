-- Called by the store with segments it has not met ($1).
insert into segment (segment)
select n.segment
from unnest($1::text[]) as n (segment)
where not exists (select from segment o where o.segment = n.segment)
order by n.segment
on conflict do nothing;
