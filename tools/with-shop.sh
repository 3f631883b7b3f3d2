#!/bin/bash
# Runs a command beside a shop of its own, with the demo catalogue, on a free port of this machine:
#
#     tools/with-shop.sh SOUK COMMAND...
#
# The command finds SOUK_URL, SOUK_STAFF_EMAIL and SOUK_STAFF_PASSWORD. The shop and its data go
# when the command ends; if it failed, what the shop said is shown. Resizing the demo's pictures
# takes a while, so a fresh shop is kept in build-check/demo-shop as long as the binary is the same.
set -eu
souk=$(realpath "$1")
shift
folder=$(mktemp -d /tmp/souk-shop.XXXXXX)
port=$("$(dirname "$0")/ports.py")
export SOUK_DATA_DIR=$folder/data SOUK_LISTEN=127.0.0.1:$port SOUK_URL=http://127.0.0.1:$port
export SOUK_STAFF_EMAIL=admin@example.com SOUK_STAFF_PASSWORD
# many visitors from one address, and a browser that takes the processor from the shop
export SOUK_QUEUE_TARGET_MS=10000
export SOUK_WRITES_A_MINUTE=100000 SOUK_GUARDED_A_MINUTE=100000 SOUK_PUBLIC_URL=$SOUK_URL

stop() {
    [ -z "${shop:-}" ] || { kill "$shop" && wait "$shop"; } 2>/dev/null || true
    rm -rf "$folder"
}
trap stop EXIT

kept=$(dirname "$0")/../build-check/demo-shop
if [ ! "$kept/souk.db" -nt "$souk" ]; then
    rm -rf "$kept"
    mkdir -p "$kept"
    SOUK_DATA_DIR=$kept "$souk" seed >"$folder/log" 2>&1 || { tail -20 "$folder/log" >&2; exit 1; }
    touch "$kept/souk.db"
fi
cp -r "$kept" "$folder/data"
SOUK_STAFF_PASSWORD=$("$souk" admin "$SOUK_STAFF_EMAIL" 2>>"$folder/log" | awk '{print $NF}')
"$souk" serve >>"$folder/log" 2>&1 &
shop=$!
until curl -fsS -o /dev/null "$SOUK_URL/readyz" 2>/dev/null; do
    if ! kill -0 "$shop" 2>/dev/null || [ $SECONDS -gt 300 ]; then
        tail -40 "$folder/log" >&2
        echo "with-shop: the shop does not get ready" >&2
        exit 1
    fi
    sleep 0.1
done
status=0
"$@" || status=$?
[ "$status" -eq 0 ] || tail -40 "$folder/log" >&2
exit "$status"
