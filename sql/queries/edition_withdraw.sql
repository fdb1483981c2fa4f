-- Called by editions/catalogue: withdraws edition $4 of threat $1 and the window $2 to $3, for the reason $5.
-- No row: it is withdrawn already, or there is none.
insert into edition_withdrawal (edition_id, reason)
select edition_id, $5
from edition
where threat = $1 and from_month = to_date($2, 'YYYY-MM') and to_month = to_date($3, 'YYYY-MM')
  and number = $4::integer
on conflict do nothing
returning edition_id
