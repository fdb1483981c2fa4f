-- Called by schema_init and schema_migrate where no migration is noted: are there tables of theirs all the same?
select to_regclass('kansen.setting') is not null;
