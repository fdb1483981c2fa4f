-- Called by recount_stored: what was stored of the threat $1 in the month $2 is counted. Returns the month; nothing when it
-- was counted already.
delete from recount_month where threat_id = $1 and month = $2 returning month;
