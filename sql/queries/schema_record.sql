-- Called by schema_migrate behind each migration, in its transaction.
insert into kansen.migration (version, name, checksum) values ($1, $2, md5($3));
