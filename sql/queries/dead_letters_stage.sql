-- Called by dead_letters_store: the rejected messages of a batch.
copy pg_temp.stage_letter (source, topic, partition, "offset", element, value_hash, reason, detail, key,
  value, headers, arrived_at, heartbeat)
from stdin (format binary);
