#!/bin/sh
# A private PostgreSQL for tests, from Debian's packages: no sync, collation C; the user souk needs
# no password, every other role does.
#   tests/postgres.sh start DIR PORT   prints the URL to put into SOUK_TEST_POSTGRES; 0: a free port
#   tests/postgres.sh restart DIR      stops it and starts it again on its port
#   tests/postgres.sh stop DIR         stops it at once
# As root it runs as the user postgres, since PostgreSQL refuses root.
set -eu

usage() {
    sed -n '2,7s/^# *//p' "$0" >&2
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

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

start() {
    port=$1
    if [ "$port" = 0 ]; then port=$(free_port); fi
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
    if [ ! -f "$dir/base/PG_VERSION" ]; then
        unprivileged "$bin/initdb" -D "$dir/base" -U souk -A trust -E UTF8 --locale=C --no-sync \
            >"$dir.initdb.log" 2>&1 || { cat "$dir.initdb.log" >&2; exit 1; }
        rm "$dir.initdb.log"
        printf '%s\n' 'local all souk trust' 'host all souk 127.0.0.1/32 trust' \
            'host all all 127.0.0.1/32 scram-sha-256' |
            unprivileged tee "$dir/base/pg_hba.conf" >/dev/null
    fi
    unprivileged "$bin/pg_ctl" -D "$dir/base" -l "$dir/log" -w -t 30 -s start -o "-p $port \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200 \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB" ||
        { tail -n 20 "$dir/log" >&2; exit 1; }
    echo "postgresql://souk@127.0.0.1:$port/postgres"
}

stop() {
    [ -f "$dir/base/postmaster.pid" ] || exit 0
    unprivileged "$bin/pg_ctl" -D "$(cd "$dir" && pwd)/base" -m "$1" -w -s stop
}

case $1 in
start) [ $# = 3 ] || usage; start "$3" ;;
stop) stop immediate ;;
restart)
    port=$(sed -n 4p "$dir/base/postmaster.pid")
    stop fast # without sync an immediate stop would forget what was committed last
    start "$port" >/dev/null
    ;;
*) usage ;;
esac
