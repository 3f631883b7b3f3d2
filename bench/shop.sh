#!/bin/bash
# Measures the whole shop, each figure as a ratio in one run: product page and list against nginx
# with a file of that size, carts and checkouts against SQLite's own commits, start and memory.
#
#     bench/shop.sh BUILD_FOLDER [SECONDS]
#
# It measures on the shop of bench/seed.sh.
set -eu
cd "$(dirname "$0")/.."
export PATH=$PATH:/usr/sbin
build=$1 seconds=${2:-5}
. bench/seed.sh
begin_bench
nginx_port=$((30000 + RANDOM % 2000))
export SOUK_QUEUE_TARGET_MS=2000

stop() {
    [ -z "${souk:-}" ] || kill "$souk" 2>/dev/null || true
    [ ! -f "$folder/nginx.pid" ] || kill "$(cat "$folder/nginx.pid")" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap stop EXIT

start_souk() {
    local begin
    begin=$(date +%s%N)
    "$build/souk" serve 2>"$folder/log" &
    souk=$!
    until curl -sf "http://127.0.0.1:$port/readyz" >/dev/null; do sleep 0.005; done
    printf 'ready %d ms after exec\n' $((($(date +%s%N) - begin) / 1000000))
}

start_nginx() {
    mkdir -p "$folder/www"
    cat >"$folder/nginx.conf" <<END
daemon on; worker_processes 1; pid $folder/nginx.pid; error_log $folder/nginx.log;
events { worker_connections 4096; }
http {
    access_log $folder/access.log; sendfile on; tcp_nopush on; keepalive_requests 10000000;
    open_file_cache max=100; types { application/json json; } default_type application/json;
    client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
    uwsgi_temp_path $folder; scgi_temp_path $folder;
    server { listen 127.0.0.1:$nginx_port backlog=4096; root $folder/www; }
}
END
    nginx -c "$folder/nginx.conf"
}

rate() { wrk -t1 -c"$1" -d"${seconds}s" "$2" | awk '/Requests\/sec/ {printf "%d", $2}'; }

# NAME PATH CONNECTIONS: the shop's rate and nginx' with a file of the same bytes.
compare() {
    local url=http://127.0.0.1:$port$2 ours theirs
    curl -sf "$url" -o "$folder/www/file.json"
    ours=$(rate "$3" "$url")
    theirs=$(rate "$3" "http://127.0.0.1:$nginx_port/file.json")
    printf '%-30s %4d connections %7d B  %8d/s  nginx %8d/s  ratio %s\n' "$1" "$3" \
        "$(stat -c %s "$folder/www/file.json")" "$ours" "$theirs" \
        "$(awk "BEGIN {printf \"%.2f\", $ours / $theirs}")"
}

worker() { pgrep -P "$souk" | head -n 1; }

memory() {
    awk -v what="$1" '/^Pss:/ {pss = $2} /^Rss:/ {rss = $2}
        END {printf "memory %s: %.1f MB resident, %.1f MB proportional\n",
            what, rss / 1024, pss / 1024}' \
        "/proc/$(worker)/smaps_rollup"
}

ninja -C "$build" souk bench/bench-shop bench/http-bare >/dev/null
seed_bench "$build"
start_souk
start_nginx
memory "when idle"
"$build/bench/http-bare" idle "$port" 10000 "$(worker)"
product=$(curl -sf "http://127.0.0.1:$port/api/v1/products?limit=1" |
    grep -o '"handle":"[^"]*"' | head -n 1 | cut -d'"' -f4)
printf '%d products\n' "$(curl -sf "http://127.0.0.1:$port/api/v1/products?limit=1" |
    grep -o '"total":[0-9]*' | cut -d: -f2)"
compare "product JSON" "/api/v1/products/bench" 64
compare "product JSON" "/api/v1/products/bench" 512
compare "another product" "/api/v1/products/$product" 64
compare "list of 24 with facets" "/api/v1/products?limit=24" 64
compare "home page" "/" 64
printf 'search, not cached:\n'
wrk -t2 -c16 -d"${seconds}s" -s bench/search.lua "http://127.0.0.1:$port" |
    awk '/Requests\/sec|99%|50%/'
"$build/bench/bench-shop" "$port" "$folder" BENCH-1 64 "$seconds"
memory "after the load"
"$build/souk" audit
