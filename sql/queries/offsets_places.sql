-- Called by offsets_advance in a batch that doesn't know where the rows of partitions (slots $1) lie: where,
-- and there they stay until the commit.
select slot, ctid from kafka_offset where slot = any ($1::integer[]) order by slot for no key update;
