-- Called by labelling_run in each transaction: is the month $2 of the threat $1 still to be counted?
select from dimension_recount where threat_id = $1 and month = $2;
