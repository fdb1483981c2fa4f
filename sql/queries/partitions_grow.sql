-- Called by partitions_maintain: a step of about $3 rows of the month $2 out of the default partition of the table
-- $1; how many rows, and whether that was the last.
select moved, whole::integer from kansen.grow_partition($1, $2::date, $3::bigint);
