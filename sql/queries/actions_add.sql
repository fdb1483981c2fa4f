-- Called by the store with actions it has not met ($1).
insert into action (action)
select a.action
from unnest($1::text[]) as a (action)
where not exists (select from action o where o.action = a.action)
order by a.action
on conflict do nothing;
