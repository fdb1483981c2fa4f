-- Called by schema_init behind the migrations, as kansen_owner: every right that they give, again, for a
-- database that was restored into a cluster without the roles. What a migration grants stands here too;
-- tests/e2e/test_restore.py compares.
grant usage on schema kansen to kansen_loader;
grant select on setting, calendar_month, malware_name, product, action, os, segment, label_value, detection,
  detection_default, threat, threat_name, threat_rule, threat_catalogue, catalogue, infection,
  infection_default, infection_count, kafka_offset, geoip_database, dead_letter, migration, count_change,
  count_fold, current_count, counted_value, counted_full, kafka_partition, recount_month, dimension_recount,
  geoip_use, growing_partition, closed_month, erasure, forgotten_count,
  forgotten_machine, forgotten_salt to kansen_loader;
grant insert on malware_name, product, action, os, segment, detection, infection, count_change, count_fold,
  kafka_offset, kafka_partition, dead_letter, geoip_database, geoip_use to kansen_loader;
grant update on infection, kafka_offset to kansen_loader;
grant update (noted) on geoip_use to kansen_loader;
grant update (replayed_at, reason, detail, heartbeat) on dead_letter to kansen_loader;
grant select, insert on relay, relayed_letter to kansen_loader;
grant update (relayed_at, refusal) on relayed_letter to kansen_loader;
revoke execute on function add_partitions(text, date[]), attach_month(text, date, timestamptz),
  turn_default_into_month(text, date), grow_partition(text, date, bigint), fold_counts(integer[]),
  admit_values(integer[], smallint[], integer[]), drop_detections(date, bigint, text, text), drop_infections(date),
  open_month(date, bigint), find_months_in_default(), find_months_in_default_on_nodes(), find_stored_months(),
  find_stored_months_on_nodes(), find_calendar(), find_malware_names(), find_storage(),
  is_distributed(), create_like(text, text),
  default_months(text), missing_partitions(date, date), infected_months(date), drop_leftovers(date),
  forget_rows(date, uuid, integer) from public;
grant execute on function fold_counts(integer[]), admit_values(integer[], smallint[], integer[]),
  open_month(date, bigint) to kansen_loader;

grant usage on schema report to kansen_loader, kansen_reader;
grant execute on function find_months_in_default(), find_months_in_default_on_nodes(), find_stored_months(),
  find_stored_months_on_nodes(), find_calendar(), find_malware_names(), find_storage(),
  is_distributed(), default_months(text)
  to kansen_loader, kansen_reader;
grant select on all tables in schema report to kansen_loader, kansen_reader;
do $$
begin
  if to_regrole('kansen_publisher') is not null then
    grant usage on schema kansen to kansen_publisher;
    grant select on edition, edition_file, edition_cause, edition_withdrawal, edition_template
      to kansen_publisher;
    grant insert (threat, from_month, to_month, number, provisional, options, total, figures,
      figures_sha256, program, template_sha256) on edition to kansen_publisher;
    grant insert on edition_file, edition_cause, edition_template to kansen_publisher;
    grant insert (edition_id, reason) on edition_withdrawal to kansen_publisher;
  end if;
end
$$;
