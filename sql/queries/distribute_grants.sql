-- Called by distribution_run: what readers read through the views of report, they read on the nodes by themselves:
-- Citus goes there as the role that asks, and its shards know no view. These tables say nothing that the views don't.
-- Without Citus no reader has these rights.
grant usage on schema kansen to kansen_reader;
grant select on action, calendar_month, malware_name, os, product, segment, detection,
  detection_default, infection, infection_default to kansen_reader;
