-- Called by infections_store: the earliest detection per month, threat and device of a transaction.
copy pg_temp.stage_infection (month, threat_id, device_id, country, first_seen, first_event_id)
from stdin (format binary);
