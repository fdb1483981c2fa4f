-- Loader: reads and adds, moves what ingest may move, no DDL and no DELETE. Reader: the views alone.
grant usage on schema kansen to kansen_loader;
grant select on all tables in schema kansen to kansen_loader;
grant insert on malware_name, product, action, detection, infection, infection_count, kafka_offset,
  dead_letter, geoip_database to kansen_loader;
grant update on infection, infection_count, kafka_offset to kansen_loader;

grant usage on schema report to kansen_loader, kansen_reader;
grant select on all tables in schema report to kansen_loader, kansen_reader;
