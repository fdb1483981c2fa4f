-- Called by infections_store: infections that may be stored, each with the earliest detection of the transaction,
-- numbered.
copy pg_temp.stage_infection (ordinal, month, threat_id, device_id, country, first_seen, first_event_id,
  name_id, product_id, os_id, segment_id)
from stdin (format binary);
