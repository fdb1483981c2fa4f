-- Called by sweep_removed when what was counted of the threat $1 goes: what is not folded, in front of
-- threat_forget_counts, since behind this nobody can be folding it any more.
delete from count_change where threat_id = $1;
