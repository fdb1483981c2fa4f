-- Called by partitions_maintain: partitions of the table $1 for the months $2; how many were added.
select kansen.add_partitions($1, $2::date[]);
