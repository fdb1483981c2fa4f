#!/bin/bash
# Run by the image of PostgreSQL when its volume is empty: a login role for each file of secrets, with
# its password. `kansen db init` finds the group roles and leaves them as they are.
#
# kansen_login_owner is no superuser and creates no roles: as the database's owner and a member of
# kansen_owner it can do all that is left to `kansen db init`.
set -euo pipefail

# Passwords of docker/make-secrets are hexadecimal, so nothing needs to be quoted.
password() {
    sed -n 's/^db = .* password=\([0-9a-f]*\)$/\1/p' "/run/secrets/$1"
}

psql --set=ON_ERROR_STOP=1 --quiet --username=postgres --dbname=kansen <<SQL
-- Keeps the passwords out of the server's log, whatever it logs.
set log_statement = none;
set log_min_error_statement = panic;
create role kansen_owner nologin;
create role kansen_loader nologin;
create role kansen_reader nologin;
create role kansen_publisher nologin in role kansen_reader;
create role kansen_login_owner login password '$(password owner)' in role kansen_owner;
create role kansen_login_ingest login password '$(password ingest)' in role kansen_loader;
create role kansen_login_reader login password '$(password reader)' in role kansen_reader;
alter database kansen owner to kansen_login_owner;
SQL
