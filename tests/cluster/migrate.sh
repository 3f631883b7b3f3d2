#!/bin/bash
# Services with schemas of their own, as an operator meets them: `souk migrate SERVICE...`, its
# list, and what a service says at its start when something is amiss.
#
#     tests/cluster/migrate.sh SOUK
#
# Starts a PostgreSQL of its own (tests/postgres.sh) and stops it.
set -eu
souk=$(realpath "$1")
cd "$(dirname "$0")/../.."
PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d /tmp/souk-migrate.XXXXXX)
chmod 711 "$folder" # PostgreSQL runs as another user
passed=0 failed=0 shop=

stop() {
    [ -z "$shop" ] || kill "$shop" 2>/dev/null || true
    tests/postgres.sh stop "$folder/pg"
    rm -rf "$folder"
}
trap stop EXIT

server=$(tests/postgres.sh start "$folder/pg" 0)
base=${server##*@}
base=${base%/*}
psql -qX "$server" -c "CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'o'" \
    -c "CREATE DATABASE shop OWNER owner TEMPLATE template0 LC_COLLATE 'C'"
psql -qX "$server" -c "CREATE DATABASE single"
export SOUK_DATA_DIR=$folder/data SOUK_LISTEN=127.0.0.1:0 SOUK_PEER_KEY=for-this-test
owner=postgresql://owner:o@$base/shop
as_order=postgresql://shop_order:a@$base/shop
as_money=postgresql://shop_money:b@$base/shop

# lives NAME TEXT COMMAND...: it says the text, and goes on.
lives() {
    local name=$1 text=$2 i
    shift 2
    "$@" >"$folder/said" 2>&1 &
    shop=$!
    for ((i = 0; i < 600; i++)); do
        ! grep -qF -- "$text" "$folder/said" || break
        kill -0 "$shop" 2>/dev/null || break
        sleep 0.1
    done
    if grep -qF -- "$text" "$folder/said" && kill "$shop" 2>/dev/null; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: expected "%s" of who goes on; said\n' "$name" "$text"
        sed 's/^/    /' "$folder/said"
    fi
    wait "$shop" 2>/dev/null || true
    shop=
}

# expect NAME STATUS TEXT COMMAND...: the status, and a text that stands in what it says.
expect() {
    local name=$1 status=$2 text=$3 got=0
    shift 3
    timeout 120 "$@" >"$folder/said" 2>&1 || got=$?
    if [ "$got" = "$status" ] && grep -qF -- "$text" "$folder/said"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    printf 'FAIL %s: status %s, expected %s and "%s"; said\n' "$name" "$got" "$status" "$text"
    sed 's/^/    /' "$folder/said"
}

one=(env SOUK_DATABASE_URL="$as_order" SOUK_DATABASE_OWNER_URL="$owner")
two=(env SOUK_DATABASE_URL="$as_money" SOUK_DATABASE_OWNER_URL="$owner")
run_order=(env SOUK_DATABASE_URL="$as_order" SOUK_SERVICES=order)

expect 'no such service' 1 'there is no service shipping' "${one[@]}" "$souk" migrate shipping
expect 'without an owner' 1 'SOUK_DATABASE_OWNER_URL must say' \
    env SOUK_DATABASE_URL="$as_order" "$souk" migrate order
expect 'on SQLite' 1 'on PostgreSQL alone' "$souk" migrate order
expect 'list of nothing' 1 'migrations wait' "${one[@]}" "$souk" migrate --status order
lives 'role not there yet' 'cannot connect to PostgreSQL' "${run_order[@]}" "$souk" serve
lives 'server away' 'the next start is in' \
    env SOUK_DATABASE_URL=postgresql://127.0.0.1:1/shop "$souk" serve
expect 'one' 0 'the schema of order is up to date' "${one[@]}" "$souk" migrate order
expect 'two' 0 'the schema of inventory is up to date' \
    "${two[@]}" SOUK_SERVICES=inventory,payment "$souk" migrate
expect 'again' 0 'the schema of order is up to date' "${one[@]}" "$souk" migrate order
expect 'list' 0 'souk_order         order/001_cart  20' "${one[@]}" "$souk" migrate --status order
expect 'list by the role' 0 'souk_inventory     data/001_outbox  20' \
    env SOUK_DATABASE_URL="$as_money" "$souk" migrate --status payment inventory
expect 'the foreign list' 1 'migrations wait' \
    env SOUK_DATABASE_URL="$as_money" "$souk" migrate --status order
expect 'a foreign role' 78 'must do so in souk_order; run souk migrate order' \
    env SOUK_DATABASE_URL="$as_money" SOUK_SERVICES=order "$souk" serve

expect 'partitions of nobody' 1 'SOUK_DATABASE_OWNER_URL must say as whom partitions are made' \
    env SOUK_DATABASE_URL="$as_order" "$souk" partitions order
expect 'partitions on SQLite' 1 'on PostgreSQL alone' "$souk" partitions
expect 'partitions of time' 1 'soon is no date' \
    "${one[@]}" "$souk" partitions order --detach-before soon
expect 'partitions' 0 'made 2 partitions of souk_order.orders' \
    "${one[@]}" "$souk" partitions order --ahead 5
expect 'partitions again' 0 'souk_order.orders_future  from 20' \
    "${one[@]}" "$souk" partitions order
expect 'partitions by the role' 0 'souk_order.orders_past  from -' \
    env SOUK_DATABASE_URL="$as_order" "$souk" partitions

port=$(tools/ports.py)
"${run_order[@]}" SOUK_LISTEN=127.0.0.1:"$port" "$souk" serve 2>"$folder/log" &
shop=$!
# Its peers are not there: it is ready without them, and says so once it has looked for them.
for ((i = 0; i < 600; i++)); do
    curl -fsS "http://127.0.0.1:$port/readyz" 2>/dev/null | grep -qF '"state":"degraded"' && break
    sleep 0.1
done
expect 'serves' 0 '"state":"degraded"' curl -fsS "http://127.0.0.1:$port/readyz"
expect 'serves its tables' 0 '"items"' \
    curl -sS -d '{"currency":"EUR"}' -H 'Content-Type: application/json' \
    "http://127.0.0.1:$port/api/v1/carts"
kill "$shop" && wait "$shop" || true
shop=

record=souk_order.schema_migration
psql -qX "$owner" -c "CREATE TABLE kept AS SELECT * FROM $record" \
    -c "DELETE FROM $record WHERE service = 'order' AND number = 2"
expect 'older' 78 'order/002_order was not applied to it; run souk migrate order' \
    "${run_order[@]}" "$souk" serve
psql -qX "$owner" -c "INSERT INTO $record VALUES ('order', 999, 'new', '', 0)"
expect 'of another branch' 78 'the database is newer than this program: order/999_new' \
    "${run_order[@]}" "$souk" serve
psql -qX "$owner" -c "INSERT INTO $record SELECT * FROM kept ON CONFLICT DO NOTHING" \
    -c "DROP TABLE kept"
lives 'newer' "order/999_new is a newer souk's; this one goes on" "${run_order[@]}" "$souk" serve
expect 'newer, by the owner' 0 'the schema of order is up to date' "${one[@]}" "$souk" migrate order
psql -qX "$owner" -c "INSERT INTO souk_order.schema_break VALUES ('order', 999, 'orders are gone')"
expect 'too new' 78 'order/999_new was applied to it and is not known here: orders are gone' \
    "${run_order[@]}" "$souk" serve
expect 'too new, by the owner' 1 'start a newer souk' "${one[@]}" "$souk" migrate order

expect 'a whole shop beside them' 1 'it has souk_inventory, souk_order, souk_payment' \
    env SOUK_DATABASE_URL="$owner" "$souk" migrate
expect 'the same by a role' 1 'say in SOUK_SERVICES which are meant' "${one[@]}" "$souk" audit
expect 'the single form' 0 'the database is up to date' \
    env SOUK_DATABASE_URL="postgresql://souk@$base/single" "$souk" migrate
expect 'its list' 0 '-                  user/001_user  20' \
    env SOUK_DATABASE_URL="postgresql://souk@$base/single" "$souk" migrate --status
expect 'schemas beside it' 1 'the database single holds a whole shop' \
    env SOUK_DATABASE_URL="postgresql://shop_order:a@$base/single" \
    SOUK_DATABASE_OWNER_URL="postgresql://souk@$base/single" "$souk" migrate order
expect 'more than it takes' 1 'audit takes no arguments: now' "$souk" audit now
expect 'help on one' 0 'souk backup FILE' "$souk" help backup
expect 'help on none' 1 'there is no command sell' "$souk" help sell
expect 'SQLite' 0 'the database is up to date' "$souk" migrate
expect 'its list too' 0 '-                  user/001_user  20' "$souk" migrate --status

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
