#!/bin/bash
# The bare HTTP server against nginx with a file of the same size, in one run, on loopback:
#     bench/http-bare.sh [SECONDS a measurement, default 5]
# Prints requests a second and the ratio to nginx = 1.0, at 64 and at 512 connections. One process and
# one thread each on the server's side; wrk takes what is left of the machine.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-5}
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
nginx -c "$folder/nginx.conf" -p "$folder" 2>/dev/null & pids+=($!)
"$build/bench/http-bare" 127.0.0.1:$souk_port & pids+=($!)
sleep 0.5

rate() { # CONNECTIONS URL
    wrk -t1 -c"$1" -d"${seconds}s" "$2" | awk '/Requests\/sec/ {r = $2} /Non-2xx/ {bad = 1}
        END {if (bad || r == "") exit 1; printf "%.0f", r}'
}

for connections in 64 512; do
    nginx=$(rate $connections http://127.0.0.1:$nginx_port/product.json)
    inline=$(rate $connections http://127.0.0.1:$souk_port/inline)
    worker=$(rate $connections http://127.0.0.1:$souk_port/worker)
    again=$(rate $connections http://127.0.0.1:$nginx_port/product.json)
    awk -v c=$connections -v n="$nginx" -v m="$again" -v i="$inline" -v w="$worker" 'BEGIN {
        base = (n + m) / 2
        printf "%3d connections: nginx %.0f/s (%d, %d); on the loop %d/s = %.2f; by a worker %d/s = %.2f\n",
            c, base, n, m, i, i / base, w, w / base}'
done
