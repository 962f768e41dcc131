#!/bin/sh
# Run once by the PostgreSQL image on an empty volume: a database and a user of its own for each service.
set -eu

create() {
    psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set name="caunoi_$1" --set password="$2" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
}

create assignments "$ASSIGNMENTS_DB_PASSWORD"
create visits "$VISITS_DB_PASSWORD"
create notifications "$NOTIFICATIONS_DB_PASSWORD"
