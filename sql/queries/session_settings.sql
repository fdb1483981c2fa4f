-- Called by db_open on each new connection: which backend answers; and what kansen needs of its session
-- is set, if that is the backend $1 that libpq was greeted by (null: whichever it is). Behind a pooler it
-- is another, and what is set might stay behind for somebody else. search_path is fixed, so that no schema
-- of somebody else's can stand in front of ours; until then every name is a full one. No limit that was set
-- for the role or the database ends a wait that is right; a statement whose client has gone ends within
-- ten seconds, else it would wait for its lock with others queued behind it. PostgreSQL guesses that a statement over many
-- partitions is worth compiling (jit), which then takes a hundred times as long as running it. A batch writes to each
-- shard of Citus one after the other: a connection a shard costs more than it gains. Last: is Citus there, and may it
-- come while the connection lasts, since PostgreSQL has loaded it?
select pg_catalog.pg_backend_pid(), pg_catalog.count(pg_catalog.set_config(name, setting, false)),
  exists (select from pg_catalog.pg_extension where extname operator(pg_catalog.=) 'citus'),
  pg_catalog.current_setting('citus.multi_shard_modify_mode', true) is not null
from (values
    ('search_path', 'kansen, pg_catalog'),
    ('timezone', 'UTC'),
    ('datestyle', 'ISO'),
    ('bytea_output', 'hex'),
    ('client_min_messages', 'warning'),
    ('jit', 'off'),
    ('statement_timeout', '0'),
    ('lock_timeout', '0'),
    ('idle_in_transaction_session_timeout', '0'),
    ('idle_session_timeout', '0'),
    ('transaction_timeout', '0'),
    ('client_connection_check_interval', '10s'),
    ('citus.multi_shard_modify_mode', 'sequential')) as wanted (name, setting)
where pg_catalog.current_setting(name, true) is not null -- since PostgreSQL 17: transaction_timeout; with Citus: its own
  and ($1::pg_catalog.int4 is null or pg_catalog.pg_backend_pid() operator(pg_catalog.=) $1::pg_catalog.int4);
