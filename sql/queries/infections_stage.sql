-- Called by infections_store: the earliest detection per month, threat and device of a transaction, numbered.
copy pg_temp.stage_infection (ordinal, month, threat_id, device_id, country, first_seen, first_event_id,
  name_id, product_id, os_id, segment_id)
from stdin (format binary);
