#!/bin/bash
# Runs a command beside a shop whose services are apart: a process each, with a database and a port
# of its own, behind NGINX as `souk gateway` configures it.
#
#     tools/with-cluster.sh SOUK COMMAND...
#
# SOUK_GATEWAY holds further options of `souk gateway`. The command finds what tools/with-shop.sh
# gives it, and SOUK_CLUSTER, the folder with SERVICE.pid, SERVICE.log and SERVICE/ (its data) of
# each; SOUK_CLUSTER_START starts the service named to it.
set -eu
souk=$(realpath "$1")
shift
export PATH=$PATH:/usr/sbin
services="notification inventory payment order user product"
SOUK_CLUSTER=$(mktemp -d /tmp/souk-cluster.XXXXXX)
folder=$SOUK_CLUSTER
read -r -a ports <<<"$("$(dirname "$0")/ports.py" 7)"
export SOUK_CLUSTER SOUK_URL=http://127.0.0.1:${ports[6]}
export SOUK_STAFF_EMAIL=admin@example.com SOUK_STAFF_PASSWORD
export SOUK_PEER_KEY=peers-of-this-run SOUK_PUBLIC_URL=$SOUK_URL SOUK_TRUSTED_PROXIES=127.0.0.1
export SOUK_QUEUE_TARGET_MS=10000 SOUK_WRITES_A_MINUTE=1000000 SOUK_GUARDED_A_MINUTE=1000000
SOUK_PEERS=
at=0
for service in $services; do
    SOUK_PEERS+=$service=http://127.0.0.1:${ports[at]},
    echo "127.0.0.1:${ports[at]}" >"$folder/$service.address"
    at=$((at + 1))
done
export SOUK_PEERS

stop() {
    local file
    for file in "$folder"/*.pid; do
        [ ! -s "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap stop EXIT

cat >"$folder/start" <<END
#!/bin/bash
SOUK_DATA_DIR=$folder/\$1 SOUK_LISTEN=\$(cat "$folder/\$1.address") \\
    setsid "$souk" serve "\$1" >>"$folder/\$1.log" 2>&1 &
echo \$! >"$folder/\$1.pid"
END
chmod +x "$folder/start"
export SOUK_CLUSTER_START=$folder/start

ready() {
    local i
    for ((i = 0; i < 1200; i++)); do
        curl -fsS -o /dev/null "$1" 2>/dev/null && return
        sleep 0.1
    done
    tail -n 15 "$folder"/*.log >&2
    echo "no answer from $1" >&2
    return 1
}

for service in $services; do
    [ "$service" = product ] || "$folder/start" "$service"
done
for service in $services; do
    [ "$service" = product ] || ready "http://$(cat "$folder/$service.address")/readyz"
done
SOUK_SERVICES=product SOUK_DATA_DIR=$folder/product "$souk" seed >"$folder/seed.log" 2>&1 ||
    { tail -20 "$folder/seed.log" >&2; exit 1; }
SOUK_STAFF_PASSWORD=$(SOUK_SERVICES=user SOUK_DATA_DIR=$folder/user \
    "$souk" admin "$SOUK_STAFF_EMAIL" 2>>"$folder/seed.log" | awk '{print $NF}')
"$folder/start" product
ready "http://$(cat "$folder/product.address")/readyz"
mkdir "$folder/nginx"
chmod 755 "$folder"
"$souk" assets "$folder/files" >>"$folder/seed.log"
"$souk" gateway --gateway "127.0.0.1:${ports[6]}" --folder "$folder/nginx" \
    --files "$folder/files" --browse-rate 0 \
    --checkout-rate 0 ${SOUK_GATEWAY:-} >"$folder/nginx.conf"
who=
[ "$(id -u)" != 0 ] || who='user root;' # the folder is its owner's alone
nginx -e "$folder/nginx.log" -g "daemon off; $who" -c "$folder/nginx.conf" >"$folder/access.log" \
    2>"$folder/nginx.log" &
echo $! >"$folder/nginx.pid"
ready "$SOUK_URL/healthz"
status=0
"$@" || status=$?
if [ "$status" -ne 0 ]; then
    tail -n 15 "$folder"/*.log >&2
fi
exit "$status"
