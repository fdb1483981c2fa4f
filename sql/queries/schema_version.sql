-- Called by schema_check, also by the reader: the version of the newest migration.
select version from report.schema_version;
