-- The rows for DuckDB: every detection, with the columns that the questions are about. It stores
-- columns apart, so those left out would cost its queries nothing.
copy (
  select event_time at time zone 'UTC', device_id, name, country, action
  from detection
  join malware_name using (name_id)
  join action using (action_id)
) to stdout (format csv);
