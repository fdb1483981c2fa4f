-- Called by `db relocate` for each chunk, inside its transaction.
copy pg_temp.stage_relocation (event_time, device_id, event_id, name_id, geoip_id, country, new_country)
from stdin (format binary);
