#!/bin/bash
# Two and a half times as many searches as a process can answer, and a steady stream of checkouts:
# with the load classes and, in the same run, without them. Then a rush of checkouts alone, for
# several values of SOUK_CHECKOUT_QUEUE_MS. SQLite, the single form.
#
#     bench/overload.sh BUILD_FOLDER [SECONDS] [CHECKOUTS_A_SECOND] [RUSH_A_SECOND]
#
# It searches the shop of bench/seed.sh.
set -eu
cd "$(dirname "$0")/.."
build=$1 seconds=${2:-6} buyers=${3:-30} rush=${4:-600}
. bench/seed.sh
begin_bench
export SOUK_ACCESS_LOG=0

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
seed_bench "$build"

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
