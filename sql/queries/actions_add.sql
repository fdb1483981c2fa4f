-- Called by the store with actions it has not met ($1).
insert into action (action)
select n.action
from unnest($1::text[]) as n (action)
left join action a on a.action = n.action
where a.action is null
order by n.action
on conflict do nothing;
