#!/bin/bash
# What copies in Redis cost and save, in one run on one machine:
#     bench/redis.sh SOUK [ROUNDS of a second for each, default 6]
# The services run apart on PostgreSQL, and the order service twice: with SOUK_REDIS_URL and
# without. Both are asked in turn; printed are the best rounds, requests a second or milliseconds
# each, and with / without. First who is logged in (Redis, or a call of the user service), then a
# guest's cart with two lines, then changes of a cart one after the other, then the first again
# while all of Redis hangs.
set -euo pipefail
cd "$(dirname "$0")/.."
souk=$(realpath "$1") rounds=${2:-6}
folder=$(mktemp -d /tmp/souk-bench-redis.XXXXXX)
chmod 711 "$folder" # PostgreSQL runs as another user
stop() {
    kill $(cat "$folder"/*.pid 2>/dev/null) 2>/dev/null || true
    wait 2>/dev/null || true
    tests/redis.sh stop "$folder/redis"
    tests/postgres.sh stop "$folder/pg"
    rm -rf "$folder"
}
trap stop EXIT

server=$(tests/postgres.sh start "$folder/pg" 0)
redis=$(tests/redis.sh start "$folder/redis")
base=${server##*@}
base=${base%/*}
psql -qX "$server" -c "CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'o'" \
    -c "CREATE DATABASE shop OWNER owner TEMPLATE template0 LC_COLLATE 'C'"

services="notification inventory payment order user product"
read -r -a ports <<<"$(tools/ports.py 7)"
export SOUK_PEER_KEY=bench SOUK_PEERS='' SOUK_WRITES_A_MINUTE=10000000 SOUK_ACCESS_LOG=0
export SOUK_QUEUE_TARGET_MS=10000 SOUK_LOG_LEVEL=error
export SOUK_DATABASE_OWNER_URL=postgresql://owner:o@$base/shop
at=0
for service in $services; do
    SOUK_PEERS+=$service=http://127.0.0.1:${ports[at]},
    at=$((at + 1))
done
with=${ports[3]} without=${ports[6]}

as() { # SERVICE: what is run as this service stands after it
    as=(env SOUK_SERVICES="$1" SOUK_DATA_DIR="$folder/$1"
        SOUK_DATABASE_URL="postgresql://bench_$1:a@$base/shop")
}
of() { # SERVICE COMMAND...
    as "$1"
    "${as[@]}" "${@:2}"
}
start() { # NAME SERVICE PORT REDIS
    as "$2"
    "${as[@]}" SOUK_LISTEN="127.0.0.1:$3" SOUK_REDIS_URL="$4" "$souk" serve \
        >"$folder/$1.log" 2>&1 &
    echo $! >"$folder/$1.pid"
    local i
    for ((i = 0; i < 100; i++)); do
        curl -fsS -o /dev/null "http://127.0.0.1:$3/readyz" 2>/dev/null && return
        sleep 0.1
    done
    cat "$folder/$1.log" >&2
    exit 1
}
at=0
for service in $services; do
    of "$service" "$souk" migrate "$service" >/dev/null 2>&1
    start "$service" "$service" "${ports[at]}" "$redis"
    at=$((at + 1))
done
start alone order "$without" ''
of product "$souk" seed >"$folder/seed.log" 2>&1
password=$(of user "$souk" admin ann@example.com --role none | awk '{print $NF}')

ask() { # METHOD URL [BODY]
    curl -fsS -X "$1" "http://127.0.0.1:$2" -H 'Content-Type: application/json' ${3:+-d "$3"}
}
token=$(ask POST "${ports[4]}/api/v1/sessions" \
    "{\"email\":\"ann@example.com\",\"password\":\"$password\",\"transport\":\"bearer\"}" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')
cart=$(ask POST "$with/api/v1/carts" '{}' |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
for sku in $(ask GET "${ports[5]}/api/v1/products?limit=20" |
    python3 -c 'import json, sys, urllib.request
for item in json.load(sys.stdin)["items"][:2]:
    url = "http://127.0.0.1:%s/api/v1/products/%s" % (sys.argv[1], item["handle"])
    print(json.load(urllib.request.urlopen(url))["variants"][0]["sku"])' "${ports[5]}"); do
    ask POST "$with/api/v1/carts/$cart/items" "{\"sku\":\"$sku\",\"quantity\":1}" >/dev/null
done

rate() { # URL: requests a second
    wrk -t1 -c8 -d1s -H "Authorization: Bearer $token" "http://127.0.0.1:$1" |
        awk '/Requests\/sec/ {printf "%d\n", $2}
             /Non-2xx/ {print "answers of another status" >"/dev/stderr"}'
}
changes() { # PORT: milliseconds each, of 100
    python3 - "$1" "$cart" <<'END'
import http.client, json, sys, time
client = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
took = []
for number in range(100):
    start = time.perf_counter()
    client.request("PATCH", "/api/v1/carts/" + sys.argv[2],
                   json.dumps({"country": ("DE", "FR")[number % 2]}),
                   {"Content-Type": "application/json"})
    answer = client.getresponse()
    answer.read()
    assert answer.status == 200
    took.append(time.perf_counter() - start)
print("%.3f" % (1000 * sorted(took)[50]))
END
}
compare() { # NAME FUNCTION PATH SORT: its first is the best
    local i a=() b=()
    for ((i = 0; i < rounds; i++)); do
        a+=("$($2 "$with$3")")
        b+=("$($2 "$without$3")")
    done
    a=$(printf '%s\n' "${a[@]}" | sort "$4" | head -1)
    b=$(printf '%s\n' "${b[@]}" | sort "$4" | head -1)
    awk -v name="$1" -v a="$a" -v b="$b" \
        'BEGIN {printf "%-34s with %9s  without %9s  ratio %.2f\n", name, a, b, a / b}'
}
compare 'logged in, requests a second' rate /api/v1/users/me/orders -nr
compare 'cart of two lines, requests a second' rate "/api/v1/carts/$cart" -nr
compare 'change of a cart, milliseconds' changes '' -n
tests/redis.sh pause "$folder/redis"
sleep 1
rate "$with/api/v1/users/me/orders" >/dev/null # finds out that nobody answers
compare 'logged in while Redis hangs' rate /api/v1/users/me/orders -nr
