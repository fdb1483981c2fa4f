-- Called by admissions_decide, in a transaction of its own: whether the values of the labels $3 are counted one
-- by one in the dimensions $2 and the months $1 (days since 1970), in turn.
select admit_values($1::integer[], $2::smallint[], $3::integer[]);
