-- Called by the store with segments it has not met ($1).
insert into segment (segment)
select n.segment
from unnest($1::text[]) as n (segment)
left join segment s on s.segment = n.segment
where s.segment is null
order by n.segment
on conflict do nothing;
