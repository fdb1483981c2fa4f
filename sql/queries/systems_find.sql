-- Called by the store behind systems_add: number in $1 (from 0), os_id.
select n.ordinal - 1, o.os_id
from unnest($1::text[]) with ordinality as n (os, ordinal)
join os o on o.os = n.os;
