#!/bin/bash
# The bare HTTP server against nginx with a file of the same size, in one run, on loopback:
#     bench/http-bare.sh [ROUNDS of a second for each, default 6]
# Prints, at 64 and at 512 connections, requests a second and the processor time of the server a
# request, each as a ratio to nginx = 1.0 (above is better), the best of the rounds. One process and
# one loop each on the server's side; wrk takes what is left of the machine. Processor time is what
# to look at when something else runs there. First of all: memory with 10,000 idle connections.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-6}
build=build-release
nginx_port=18491 souk_port=18492
folder=$(mktemp -d)
pids=()
stop() { kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"; }
trap stop EXIT

[ -f $build/build.ninja ] || make -s $build/build.ninja >/dev/null
ninja -C $build bench/http-bare >/dev/null
chmod 755 "$folder"
head -c 1500 /dev/zero | tr '\0' x > "$folder/product.json"
cat > "$folder/nginx.conf" <<CONF
daemon off; master_process off; worker_processes 1; pid $folder/pid; error_log $folder/error.log;
events { worker_connections 4096; }
http {
    access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
    open_file_cache max=100;
    types { application/json json; }
    server { listen 127.0.0.1:$nginx_port backlog=4096; root $folder; }
}
CONF
nginx -c "$folder/nginx.conf" -p "$folder" 2>/dev/null & nginx=$!
"$build/bench/http-bare" 127.0.0.1:$souk_port & souk=$!
pids=($nginx $souk)
sleep 0.5

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }

rate() { # PID CONNECTIONS URL: requests a second, and microseconds of the server's processor each
    local before; before=$(ticks "$1")
    wrk -t1 -c"$2" -d1s "$3" > "$folder/wrk"
    awk -v spent=$(($(ticks "$1") - before)) '/requests in/ {n = $1} /Requests\/sec/ {r = $2}
        /Non-2xx|Socket errors/ {print > "/dev/stderr"} END {print r, spent * 10000 / n}' \
        "$folder/wrk"
}

best() { # NAME: the highest rate and the least processor time of its rounds
    awk '{if ($1 > r) r = $1; if (us == "" || $2 < us) us = $2} END {print r, us}' "$folder/$1"
}

report() { # NAME RATE MICROSECONDS
    awk -v name="$1" -v r="$2" -v us="$3" -v r0="$4" -v us0="$5" 'BEGIN {
        printf "  %-12s %7d/s = %.2f   %5.2f us of CPU = %.2f\n", name, r, r / r0, us, us0 / us}'
}

"$build/bench/http-bare" idle $souk_port 10000 $souk
for connections in 64 512; do
    echo "$connections connections"
    for ((round = 0; round < rounds; round++)); do # in turns, so that all see the same machine
        rate $nginx $connections http://127.0.0.1:$nginx_port/product.json >> "$folder/nginx"
        rate $souk $connections http://127.0.0.1:$souk_port/inline >> "$folder/loop"
        rate $souk $connections http://127.0.0.1:$souk_port/worker >> "$folder/worker"
    done
    base=$(best nginx)
    report nginx $base $base
    report "on the loop" $(best loop) $base
    report "by a worker" $(best worker) $base
    rm "$folder/nginx" "$folder/loop" "$folder/worker"
done
