-- Called by schema_init once: $1 is the report time zone.
insert into kansen.setting (name, value) values ('timezone', $1);
