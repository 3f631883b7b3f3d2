#!/bin/sh
# A private PostgreSQL for tests, from Debian's packages: no sync, collation C; the user souk needs
# no password, every other role does.
#   tests/postgres.sh start DIR PORT   prints the URL to put into SOUK_TEST_POSTGRES; 0: a free port
#   tests/postgres.sh replica DIR PORT the same for a streaming replica of it: SOUK_TEST_REPLICA
#   tests/postgres.sh restart DIR      stops it and starts it again on its port
#   tests/postgres.sh stop DIR         stops it at once, and its replica
#   tests/postgres.sh stop-replica DIR stops that alone
# As root it runs as the user postgres, since PostgreSQL refuses root.
set -eu
ports=$(dirname "$(realpath "$0")")/../tools/ports.py

usage() {
    sed -n '2,9s/^# *//p' "$0" >&2
    exit 2
}

[ $# -ge 2 ] || usage
dir=$2
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "postgres.sh: no server in /usr/lib/postgresql" >&2; exit 1; }

unprivileged() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

serve() { # FOLDER PORT
    unprivileged "$bin/pg_ctl" -D "$dir/$1" -l "$dir/$1.log" -w -t 120 -s start -o "-p $2 \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB \
        -c wal_retrieve_retry_interval=100ms -c hot_standby_feedback=on" ||
        { tail -n 20 "$dir/$1.log" >&2; exit 1; }
    echo "postgresql://souk@127.0.0.1:$2/postgres"
}

start() {
    port=$1
    if [ "$port" = 0 ]; then port=$("$ports"); fi
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
    if [ ! -f "$dir/base/PG_VERSION" ]; then
        unprivileged "$bin/initdb" -D "$dir/base" -U souk -A trust -E UTF8 --locale=C --no-sync \
            >"$dir.initdb.log" 2>&1 || { cat "$dir.initdb.log" >&2; exit 1; }
        rm "$dir.initdb.log"
        printf '%s\n' 'local all souk trust' 'host all souk 127.0.0.1/32 trust' \
            'host replication souk 127.0.0.1/32 trust' 'host all all 127.0.0.1/32 scram-sha-256' |
            unprivileged tee "$dir/base/pg_hba.conf" >/dev/null
    fi
    serve base "$port"
}

port_of() {
    sed -n 4p "$dir/$1/postmaster.pid"
}

replica() {
    port=$1
    if [ "$port" = 0 ]; then port=$("$ports"); fi
    dir=$(cd "$dir" && pwd)
    [ -f "$dir/replica/PG_VERSION" ] || unprivileged "$bin/pg_basebackup" -D "$dir/replica" -R \
        -c fast -N -d "postgresql://souk@127.0.0.1:$(port_of base)/postgres"
    serve replica "$port"
}

stop() { # HOW FOLDER...
    dir=$(cd "$dir" && pwd)
    how=$1
    shift
    for folder in "$@"; do
        [ ! -f "$dir/$folder/postmaster.pid" ] ||
            unprivileged "$bin/pg_ctl" -D "$dir/$folder" -m "$how" -w -s stop
    done
}

case $1 in
start) [ $# = 3 ] || usage; start "$3" ;;
replica) [ $# = 3 ] || usage; replica "$3" ;;
stop) [ ! -d "$dir" ] || stop immediate base replica ;;
stop-replica) stop immediate replica ;;
restart)
    port=$(port_of base)
    stop fast base # without sync an immediate stop would forget what was committed last
    start "$port" >/dev/null
    ;;
*) usage ;;
esac
