-- Called by partitions_maintain: what is to be made: table, first day of the month, the month as YYYY-MM, and
-- whether rows of it lie in the default partition. $1 to $2: besides the months around now (first days; null for
-- none).
select parent, month, to_char(month, 'YYYY-MM'), filled::integer
from kansen.missing_partitions($1::date, $2::date);
