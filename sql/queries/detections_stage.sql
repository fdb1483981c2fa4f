-- Called by the store: rows that may be stored, numbered, to be looked at one by one.
copy pg_temp.stage_detection (ordinal, event_time, device_id, event_id, name_id, product_id,
  action_id, country, address, sha256, geoip_id, os_id, segment_id) from stdin (format binary);
