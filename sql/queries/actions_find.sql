-- Called by the store behind actions_add: number in $1 (from 0), action_id.
select a.ordinal - 1, o.action_id
from unnest($1::text[]) with ordinality as a (action, ordinal)
join action o on o.action = a.action;
