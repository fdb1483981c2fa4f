-- Called by labelling_run: the month $2 of the threat $1 is counted by all dimensions.
delete from dimension_recount where threat_id = $1 and month = $2;
