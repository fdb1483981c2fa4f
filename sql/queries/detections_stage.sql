-- Called by the store after a unique violation: the same rows, numbered, to be looked at one by one.
copy pg_temp.stage_detection (ordinal, event_time, device_id, event_id, name_id, product_id,
  action_id, country, address, sha256, geoip_id, os_id, segment_id) from stdin (format binary);
