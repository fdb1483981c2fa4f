-- Called when a definition of a threat goes, before threat_forget_counts: what was counted of it and is
-- not folded. Behind this nobody can be folding it any more. $1 is the threat.
delete from count_change where threat_id = $1;
