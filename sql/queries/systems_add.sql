-- Called by the store with operating systems it has not met ($1).
insert into os (os)
select n.os
from unnest($1::text[]) as n (os)
left join os s on s.os = n.os
where s.os is null
order by n.os
on conflict do nothing;
