-- Called when what was counted of the threat $1 goes, in the month $2 or (null) in all: what is not folded,
-- in front of threat_forget_counts, since behind this nobody can be folding it any more.
delete from count_change where threat_id = $1 and ($2::date is null or month = $2);
