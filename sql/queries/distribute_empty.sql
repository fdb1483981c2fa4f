-- Called by distribution_run: empties the local files of the table $1, whose rows lie on the nodes.
select truncate_local_data_after_distributing_table(('kansen.' || $1)::regclass);
