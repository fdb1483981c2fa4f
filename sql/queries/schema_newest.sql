-- Called by schema_stays: the version of the newest migration.
select max(version) from kansen.migration;
