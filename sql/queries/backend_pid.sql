-- Called by pooler_check, over and over: which backend answers?
select pg_catalog.pg_backend_pid();
