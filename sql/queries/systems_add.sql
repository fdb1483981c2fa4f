-- Called by the store with operating systems it has not met ($1).
insert into os (os)
select n.os
from unnest($1::text[]) as n (os)
where not exists (select from os o where o.os = n.os)
order by n.os
on conflict do nothing;
