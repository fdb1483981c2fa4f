-- Called by the store: rows that are all new go straight in.
copy kansen.detection (event_time, device_id, event_id, name_id, product_id, action_id, country,
  address, sha256, geoip_id, os_id, segment_id) from stdin (format binary);
