-- Called by restore_open: is the month $1 (days since 1970), of which $2 detections are there, whole again, and open?
select kansen.open_month(date '1970-01-01' + $1::integer, $2::bigint)::integer;
