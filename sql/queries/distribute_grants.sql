-- Called by distribution_run: rights that are needed on Citus alone, which nobody has without it.
-- What readers read through the views of report, they read on the nodes by themselves: Citus goes there as the role
-- that asks, and its shards know no view. These tables say nothing that the views don't.
grant usage on schema kansen to kansen_reader;
grant select on action, calendar_month, malware_name, os, product, segment, detection, detection_default, infection,
  infection_default to kansen_reader;
-- Citus writes the default of a column into the statement, and PostgreSQL asks for the right on an identity's sequence
-- then.
grant usage on sequence action_action_id_seq, malware_name_name_id_seq, os_os_id_seq, product_product_id_seq,
  segment_segment_id_seq, count_change_change_id_seq to kansen_loader;
