-- Called by offsets_connected on each new connection: which backend it talks to.
select pid, backend_start from pg_stat_activity where pid = pg_backend_pid();
