-- What export.sql sends; $1 is a named pipe.
create table detection as
select *
from read_csv($1, header = false, auto_detect = false, parallel = false, columns = {
  'event_time': 'TIMESTAMP', 'device_id': 'UUID', 'malware_name': 'VARCHAR', 'country': 'VARCHAR',
  'action': 'VARCHAR'});
