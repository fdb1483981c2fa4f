-- Called by retention_run: drops the $2 detections of the month $1, which are in the file $4 of the digest $3 (null:
-- in none); what is in the way.
select kansen.drop_detections($1::date, $2::bigint, $3, $4);
