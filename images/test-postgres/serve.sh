#!/bin/sh
# Makes the database at first start and serves it; POSTGRES_PASSWORD, POSTGRES_USER and POSTGRES_DB as in the official image.
set -eu
user="${POSTGRES_USER:-postgres}"
database="${POSTGRES_DB:-$user}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?POSTGRES_PASSWORD must be set}"
  printf '%s' "$POSTGRES_PASSWORD" > /tmp/password
  initdb --username="$user" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 --no-sync >/dev/null
  rm /tmp/password
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  if [ "$database" != postgres ]; then
    pg_ctl --options="-c listen_addresses=''" --wait start >/dev/null
    createdb --host=/tmp --username="$user" "$database"
    pg_ctl --wait stop >/dev/null
  fi
fi
exec postgres -c "listen_addresses=*" -c "unix_socket_directories=/tmp" "$@"
