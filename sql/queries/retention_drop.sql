-- Called by retention_run: drops the $2 detections of the month $1, which are in the file $4 of the digest $3 (null:
-- in none); what is in the way. Not while a definition is being counted: of the months that it has counted and those
-- that it has not, what stays would be of two definitions.
select case
  when exists (select from threat where state = 'counting')
    then 'not everything of it is counted yet; `kansen threat set` has to go on first'
  else drop_detections($1::date, $2::bigint, $3, $4)
end;
