-- Called by counts_store now and then: what was counted in the slots $1 goes into infection_count.
select fold_counts($1::integer[]);
