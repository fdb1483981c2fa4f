-- Called by standing_load on its connection: whoever looks must not wait long for whoever works.
set lock_timeout = '5s';
set statement_timeout = '60s';
