# Sourced by the load runs on SQLite.
#
#     begin_bench         $folder: for all that the run writes; $port: the shop's; its settings
#     seed_bench BUILD    into the shop: the demo, BENCH-1, which never sells out and needs no
#                         shipping, and with the files of SOUK_SHARED_DATA (default
#                         ../shared/data) 3,291 real products
begin_bench() {
    folder=$(mktemp -d "${TMPDIR:-/tmp}/souk-bench.XXXXXX")
    port=${PORT:-$((20000 + RANDOM % 10000))}
    export SOUK_DATA_DIR=$folder/data SOUK_LISTEN=127.0.0.1:$port SOUK_WRITES_A_MINUTE=10000000
    export SOUK_SMTP_URL=
}

seed_bench() {
    local real=${SOUK_SHARED_DATA:-../shared/data}/catalog/electronics.json
    "$1/souk" seed >"$folder/seed.log" 2>&1
    [ ! -f "$real" ] || "$1/souk" import json "$real" --currency EUR >"$folder/import.log" 2>&1
    "$1/souk" import shopify bench/product.csv --currency EUR >>"$folder/import.log" 2>&1
}
