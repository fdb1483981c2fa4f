-- Called by the sink: the rejected messages of a batch.
copy pg_temp.stage_letter (source, topic, partition, "offset", value_hash, reason, detail, key, value,
  headers)
from stdin (format binary);
