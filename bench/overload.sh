#!/bin/bash
# Two and a half times as many searches as a process can answer, and a steady stream of checkouts:
# with the load classes and, in the same run, without them. Then a rush of checkouts alone, for
# several values of SOUK_CHECKOUT_QUEUE_MS. SQLite, the single form.
#
#     bench/overload.sh BUILD_FOLDER [SECONDS] [CHECKOUTS_A_SECOND] [RUSH_A_SECOND]
#
# With the files of SOUK_SHARED_DATA (default ../shared/data) it searches 3,291 real products.
set -eu
cd "$(dirname "$0")/.."
build=$1 seconds=${2:-6} buyers=${3:-30} rush=${4:-600}
data=${SOUK_SHARED_DATA:-../shared/data}
folder=$(mktemp -d "${TMPDIR:-/tmp}/souk-bench.XXXXXX")
port=${PORT:-$((20000 + RANDOM % 10000))}
export SOUK_DATA_DIR=$folder/data SOUK_LISTEN=127.0.0.1:$port SOUK_WRITES_A_MINUTE=10000000
export SOUK_SMTP_URL= SOUK_ACCESS_LOG=0

stop_shop() {
    [ -z "${shop:-}" ] || { kill "$shop" 2>/dev/null && wait "$shop" 2>/dev/null; } || true
    shop=
}
trap 'stop_shop; rm -rf "$folder"' EXIT

start_shop() { # BINARY
    "$1" serve 2>>"$folder/log" &
    shop=$!
    until curl -sf "http://127.0.0.1:$port/readyz" >/dev/null; do sleep 0.05; done
}

load() { "$build/bench/bench-overload" "$port" BENCH-1 "$@"; }

ninja -C "$build" souk bench/bench-overload bench/souk-one-class >/dev/null
"$build/souk" seed >"$folder/seed.log" 2>&1
[ ! -d "$data" ] || "$build/souk" import json "$data/catalog/electronics.json" --currency EUR \
    >"$folder/import.log" 2>&1
stock='Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy'
printf '%s\n' "Handle,Title,Published,Option1 Name,Option1 Value,Variant SKU,$stock,Variant Price,\
Variant Requires Shipping,Variant Taxable" \
    'bench,Bench,true,Title,Default Title,BENCH-1,shopify,1000000,deny,10.00,false,true' \
    >"$folder/bench.csv"
"$build/souk" import shopify "$folder/bench.csv" --currency EUR >>"$folder/import.log" 2>&1

echo "load of the machine before: $(cut -d ' ' -f 1-3 /proc/loadavg)"
start_shop "$build/souk"
capacity=$(load capacity 3)
echo "answers $capacity searches a second; now $((capacity * 5 / 2)) come"
load quiet "$seconds" 0 "$buyers"
load classes "$seconds" $((capacity * 5 / 2)) "$buyers"
stop_shop
start_shop "$build/bench/souk-one-class"
load one-class "$seconds" $((capacity * 5 / 2)) "$buyers"
stop_shop
queued() {
    curl -s "http://127.0.0.1:$port/metrics" | awk '/^souk_checkout_queue_length/ {print $2}'
}
cp -r "$folder/data" "$folder/before"
for wait_ms in 50 100 250 500 1000; do
    rm -rf "$folder/data"
    cp -r "$folder/before" "$folder/data"
    SOUK_CHECKOUT_QUEUE_MS=$wait_ms start_shop "$build/souk"
    load "$wait_ms ms" "$seconds" 0 "$rush" | grep order
    begin=$(date +%s%N) left=$(queued)
    until [ "$(queued)" = 0 ]; do sleep 0.1; done
    echo "           $left still in the queue, worked off in" \
        "$((($(date +%s%N) - begin) / 1000000)) ms"
    stop_shop
done
echo "load of the machine after: $(cut -d ' ' -f 1-3 /proc/loadavg)"
