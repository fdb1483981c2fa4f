-- Called by forgotten_load: the machines whose rows are erased: digest, and up to when nothing of it is stored, as
-- microseconds since 1970; with the salt of the digests.
select m.digest, (extract(epoch from m.until) * 1000000)::bigint, s.salt
from forgotten_machine m
cross join forgotten_salt s
order by m.digest collate "C";
