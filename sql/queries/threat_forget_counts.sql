-- Called when what was counted of the threat $1 goes, in the month $2 or (null) in all: what is folded.
delete from infection_count where threat_id = $1 and ($2::date is null or month = $2);
