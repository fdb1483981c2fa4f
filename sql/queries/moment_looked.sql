-- Called by moment_begin behind moment_look: from here on nobody waits for us.
set local lock_timeout = 0;
