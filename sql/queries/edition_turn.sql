-- Called by editions/catalogue: one edition of a threat ($1) and a window ($2 to $3) at a time, until the
-- connection ends.
select pg_advisory_lock(hashtext('kansen publish'), hashtext($1 || ' ' || $2 || ' ' || $3));
