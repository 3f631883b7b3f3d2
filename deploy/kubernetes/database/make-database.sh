# Run by Patroni once, on the first primary, with its address: makes the shop's database, its owner,
# and the roles of the pooler and of the monitoring.
set -eu
psql -q -v ON_ERROR_STOP=1 "$1" <<'SQL'
\getenv owner OWNER_PASSWORD
\getenv pooler POOLER_PASSWORD
\getenv watch WATCH_PASSWORD
CREATE ROLE souk_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE ROLE pooler LOGIN PASSWORD :'pooler';
CREATE ROLE watch LOGIN PASSWORD :'watch' IN ROLE pg_monitor;
CREATE DATABASE souk OWNER souk_owner TEMPLATE template0 ENCODING 'UTF8'
    LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';
GRANT CONNECT ON DATABASE souk TO pooler, watch;
\connect souk
CREATE EXTENSION pg_stat_statements;
-- Whom pgbouncer lets in: the services' roles with the passwords that PostgreSQL itself has.
CREATE SCHEMA pooler;
CREATE FUNCTION pooler.password_of(name text, OUT usename name, OUT passwd text)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT usename, passwd FROM pg_shadow
          WHERE usename = name AND usename LIKE 'souk\_%' AND usename <> 'souk_owner' $$;
REVOKE ALL ON FUNCTION pooler.password_of(text) FROM PUBLIC;
GRANT USAGE ON SCHEMA pooler TO pooler;
GRANT EXECUTE ON FUNCTION pooler.password_of(text) TO pooler;
SQL
