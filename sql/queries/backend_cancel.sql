-- Called by lock_wait when the user interrupts: ends the statement of the backend $1, our own.
select pg_catalog.pg_cancel_backend($1::pg_catalog.int4);
