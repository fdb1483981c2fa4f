#!/bin/bash
# Run by the image of PostgreSQL when its volume is empty, and by docker/new-passwords: a login role for
# each file of secrets, with its password. `kansen db init` finds the group roles and leaves them as they
# are.
#
# kansen_login_owner is no superuser and creates no roles: as the database's owner and a member of
# kansen_owner it can do all that is left to `kansen db init`.
set -euo pipefail

# Passwords of docker/prepare are hexadecimal, so nothing needs to be quoted.
password() {
    local found
    found=$(sed -n 's/^\(db = .* password=\)\{0,1\}\([0-9a-f]\{16,\}\)$/\2/p' "/run/secrets/$1")
    [ -n "$found" ] || {
        echo "roles.sh: no password in the secret $1" >&2
        exit 1
    }
    echo "$found"
}
postgres=$(password postgres) owner=$(password owner) ingest=$(password ingest)
reader=$(password reader) publisher=$(password publisher)

psql --set=ON_ERROR_STOP=1 --quiet --username=postgres --dbname=kansen <<SQL
-- Keeps the passwords out of the server's log, whatever it logs.
set log_statement = none;
set log_min_error_statement = panic;
set log_min_duration_statement = -1;
select format('create role %I nologin', name)
from unnest(array['kansen_owner', 'kansen_loader', 'kansen_reader', 'kansen_publisher']) name
where not exists (select from pg_roles where rolname = name)
\gexec
select format('create role %I login', name)
from unnest(array['kansen_login_owner', 'kansen_login_ingest', 'kansen_login_reader',
  'kansen_login_publisher']) name
where not exists (select from pg_roles where rolname = name)
\gexec
set client_min_messages = warning;
grant kansen_reader to kansen_publisher;
grant kansen_owner to kansen_login_owner;
grant kansen_loader to kansen_login_ingest;
grant kansen_reader to kansen_login_reader;
grant kansen_publisher to kansen_login_publisher;
alter role postgres password '$postgres';
alter role kansen_login_owner password '$owner';
alter role kansen_login_ingest password '$ingest';
alter role kansen_login_reader password '$reader';
alter role kansen_login_publisher password '$publisher';
alter database kansen owner to kansen_login_owner;
SQL
