-- Called by schema_maintain: partitions around now, and from $1 to $2 (first days; null for none).
select kansen.make_partitions($1::date, $2::date);
