-- Called by distribution_run: copies the table $1 to each node, and keeps it there.
select create_reference_table(('kansen.' || $1)::regclass);
