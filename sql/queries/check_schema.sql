-- Called by schema_init behind the migrations, and by `db check`: what is missing of kansen's schemas, in one row, or no
-- row. A restore that was killed, went on behind errors or left something out leaves a database that seems to work: without
-- its keys events count twice. Indexes are made last of all; that of a table with partitions is valid when each of
-- them has its own. What a migration makes stands here too; tests/e2e/test_restore.py compares.
with wanted (schema, names) as (
  values
    -- tables and sequences
    ('kansen', 'action action_action_id_seq calendar_month catalogue closed_month count_change
        count_change_change_id_seq count_fold counted_full counted_value current_count dead_letter
        dead_letter_letter_id_seq detection dimension_recount edition edition_cause edition_edition_id_seq
        edition_file edition_template edition_withdrawal erasure erasure_erasure_id_seq forgotten_count
        forgotten_machine forgotten_salt geoip_database geoip_database_geoip_id_seq geoip_use
        growing_partition infection infection_count kafka_offset kafka_offset_slot_seq kafka_partition
        label_value malware_name malware_name_name_id_seq migration os os_os_id_seq product
        product_product_id_seq recount_month recount_stage relay relay_relay_id_seq relayed_letter segment
        segment_segment_id_seq setting stored_month threat threat_catalogue threat_name threat_rule
        threat_threat_id_seq
        detection_default infection_default'),
    -- indexes
    ('kansen', 'action_action_key action_pkey calendar_month_pkey calendar_month_starts_at_key closed_month_pkey
        count_change_slot_change_id_idx count_fold_pkey counted_full_pkey counted_value_pkey
        dead_letter_pkey dead_letter_place detection_pkey dimension_recount_pkey edition_cause_pkey
        edition_file_pkey edition_pkey edition_template_pkey edition_threat_from_month_to_month_number_key
        edition_withdrawal_pkey erasure_pkey forgotten_count_pkey forgotten_machine_pkey forgotten_salt_pkey
        geoip_database_build geoip_database_pkey geoip_use_pkey growing_partition_pkey
        infection_count_month_idx infection_count_pkey infection_pkey kafka_offset_slot_idx
        kafka_partition_pkey malware_name_name_key malware_name_pkey migration_pkey os_os_key os_pkey
        product_pkey product_vendor_product_version_key recount_month_pkey recount_stage_pkey relay_cluster_topic_key relay_pkey
        relayed_letter_pkey segment_pkey segment_segment_key setting_pkey threat_catalogue_pkey
        threat_name_language threat_name_pkey threat_name_state_key threat_pkey threat_rule_pkey'),
    -- constraints
    ('kansen', 'closed_month_check dimension_recount_threat_id_fkey edition_cause_edition_id_fkey edition_check
        edition_figures_sha256_check edition_file_edition_id_fkey edition_file_sha256_check
        edition_number_check edition_template_content_check edition_template_edition_id_fkey
        edition_template_sha256_check edition_template_sha256_check1 edition_withdrawal_edition_id_fkey
        edition_withdrawal_reason_check erasure_reason_check forgotten_salt_only_row_check
        infection_count_dimension_check recount_month_threat_id_fkey
        threat_catalogue_only_row_check threat_name_language_check threat_name_threat_id_fkey
        threat_rule_threat_id_fkey threat_state_check'),
    -- functions
    ('kansen', 'add_partitions admit_values attach_month create_like default_months drop_detections drop_infections
        drop_leftovers find_calendar find_malware_names
        find_months_in_default find_months_in_default_on_nodes find_storage
        find_stored_months find_stored_months_on_nodes fold_counts forget_rows grow_partition
        infected_months is_distributed like_pattern machine_digest matching_names missing_partitions open_month
        pattern_anchor refuse_older_program turn_default_into_month'),
    -- views
    ('report', 'active_completeness active_devices active_machines calendar closing_months completeness count_causes
        country_infections dead_letter_relays dead_letters detections dimension_infections dimension_recounts
        dropped_months edition_causes edition_files edition_templates editions erasures geoip_builds
        infections malware_names monthly_infections months_in_default offsets partitions rates schema_version
        settings storage threat_names threats threats_in_progress')
),
there (schema, name) as (
  select relnamespace::regnamespace::text, relname::text
  from pg_class c left join pg_index i on i.indexrelid = c.oid
  where i.indexrelid is null or i.indisvalid
  union all
  select connamespace::regnamespace::text, conname::text from pg_constraint where contype in ('c', 'f')
  union all
  select pronamespace::regnamespace::text, proname::text from pg_proc
),
missing (name) as (
  select format('%s.%s', w.schema, n.name)
  from wanted w, regexp_split_to_table(w.names, '\s+') as n (name)
  where not exists (select from there t where t.schema = w.schema and t.name = n.name)
)
select 'hurts' as kind, 'schema' as name,
  min(name) || case when count(*) = 1 then ' is missing' else format(' and %s more are missing', count(*) - 1) end as value,
  'The database was not restored as a whole. Without keys events count twice, and what was not restored is not counted.'
    as why,
  'restore it anew, into an empty database: pg_restore --exit-on-error' as way_on
from missing
having count(*) > 0
