-- Called by load_restores: is the month $1 (days since 1970) whole again, and open?
select kansen.open_month(date '1970-01-01' + $1::integer)::integer;
