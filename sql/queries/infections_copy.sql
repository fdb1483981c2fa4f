-- Called by infections_store: infections that are all taken for new go straight in.
copy kansen.infection (month, threat_id, device_id, country, first_seen, first_event_id, name_id, product_id,
  os_id, segment_id)
from stdin (format binary);
