#!/bin/sh
# A private Redis Cluster for tests, from Debian's packages: three masters with a replica each, on
# this machine, nothing kept on disk.
#   tests/redis.sh start DIR          prints the URL to put into SOUK_TEST_REDIS
#   tests/redis.sh kill DIR PORT      kill -9 of one node; without PORT of all
#   tests/redis.sh pause DIR          all nodes are there and do not answer; resume DIR ends it
#   tests/redis.sh restart DIR        starts those that are not there, on their ports
#   tests/redis.sh stop DIR           kills all of them
# A node is DIR/PORT, with its process id in DIR/PORT/pid.
set -eu

usage() {
    sed -n '2,9s/^# *//p' "$0" >&2
    exit 2
}

[ $# -ge 2 ] || usage
dir=$2

launch() { # PORT BUS
    mkdir -p "$dir/$1"
    echo "$2" >"$dir/$1/bus"
    redis-server --port "$1" --cluster-port "$2" --bind 127.0.0.1 --dir "$dir/$1" \
        --cluster-enabled yes --cluster-node-timeout 2000 --cluster-config-file nodes.conf \
        --repl-diskless-sync-delay 0 --appendonly no --save '' --daemonize yes \
        --pidfile "$dir/$1/pid" --logfile "$dir/$1/log" >/dev/null
}

each() { # COMMAND: runs it with the process id of each node that is there
    for node in "$dir"/*/; do
        pid=$(cat "$node/pid" 2>/dev/null) || continue
        # A node that died has left its number to somebody else.
        [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = redis-server ] || continue
        "$@" "$pid" || true
    done
}

start() {
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    nodes=
    ports=$("$(dirname "$(realpath "$0")")/../tools/ports.py" 12 | xargs -n 2)
    while read -r port bus; do
        launch "$port" "$bus"
        nodes="$nodes 127.0.0.1:$port"
    done <<END
$ports
END
    for node in $nodes; do
        until redis-cli -p "${node#*:}" ping >/dev/null 2>&1; do sleep 0.05; done
    done
    # shellcheck disable=SC2086
    redis-cli --cluster create $nodes --cluster-replicas 1 --cluster-yes >"$dir/create.log" 2>&1 ||
        { cat "$dir/create.log" >&2; exit 1; }
    for node in $nodes; do
        until redis-cli -p "${node#*:}" cluster info | grep -q cluster_state:ok &&
            redis-cli -p "${node#*:}" info replication | grep -Eq 'role:master|link_status:up'; do
            sleep 0.05
        done
    done
    echo "$nodes" | sed 's| |,redis://|g; s|^,||'
}

restart() {
    for node in "$dir"/*/; do
        port=$(basename "$node")
        redis-cli -p "$port" ping >/dev/null 2>&1 || launch "$port" "$(cat "$node/bus")"
    done
}

case $1 in
start) start ;;
kill) if [ $# = 3 ]; then kill -9 "$(cat "$dir/$3/pid")"; else each kill -9; fi ;;
pause) each kill -STOP ;;
resume) each kill -CONT ;;
restart) restart ;;
stop) each kill -CONT; each kill -9 ;;
*) usage ;;
esac
