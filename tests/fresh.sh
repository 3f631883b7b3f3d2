#!/bin/bash
# Tries Souk as a newcomer does: a fresh Debian 12 made by debootstrap, a clone, `make run`, a few
# pages, an order, imports of the files in ../shared where there are any, `make test`. Needs root,
# debootstrap, some 4 GB and half an hour, so CI does not run it.
#
#     tests/fresh.sh [REPOSITORY] [FOLDER]
#
# FOLDER (/var/tmp/souk-fresh) keeps the plain system under base/, so that the next trial starts
# from it, and the system of this trial under try/ until the next. Everything runs in mount and
# process namespaces of its own, which take their processes with them when they end.
set -euo pipefail
repository=$(realpath "${1:-$(dirname "$0")/..}")
folder=${2:-/var/tmp/souk-fresh}
port=${PORT:-30180}
try=$folder/try

say() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }

make_base() {
    [ -e "$folder/base/etc/debian_version" ] && return
    say "debootstrap"
    mkdir -p "$folder"
    rm -rf "$folder/base" "$folder/new"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$folder/new" >"$folder/log" ||
        { tail -5 "$folder/log" >&2; return 1; }
    mv "$folder/new" "$folder/base"
}

# What lets this machine reach the package registries: resolver, certificates.
lend_network() {
    cp -L /etc/resolv.conf "$try/etc/resolv.conf"
    local extra=/usr/local/share/ca-certificates
    [ ! -d "$extra" ] || cp -r "$extra/." "$try$extra/"
    chroot "$try" update-ca-certificates >/dev/null 2>&1
}

prepare() {
    make_base
    say "a copy of it, and a clone"
    rm -rf "$try"
    cp -a "$folder/base" "$try"
    lend_network
    git clone -q "$repository" "$try/root/souk"
    [ ! -d "$repository/../shared" ] || cp -r "$repository/../shared" "$try/root/shared"
}

mount_system() {
    mount -t proc proc "$try/proc"
    mount -t sysfs sys "$try/sys"
    mount --bind /dev "$try/dev"
    mount -t tmpfs shm "$try/dev/shm"
}

# Runs a command in the clone as a newcomer's root shell would: nothing of our environment.
inside() {
    chroot "$try" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        SOUK_LISTEN="127.0.0.1:$port" bash -c "cd /root/souk && $*"
}

# Asks for a page until it answers, or the time is up.
wait_for() {
    local url=$1 left=$2
    until inside curl -fsS -o /dev/null "$url" 2>/dev/null; do
        kill -0 "$shop" 2>/dev/null || { echo "make run ended" >&2; return 1; }
        [ $((left -= 1)) -gt 0 ] || { echo "no answer from $url" >&2; return 1; }
        sleep 1
    done
}

try_run() {
    say "make run"
    inside make run </dev/null &
    shop=$!
    wait_for "http://127.0.0.1:$port/readyz" 1500
    say "ready; pages"
    local page
    for page in / /admin /sitemap.xml /robots.txt '/api/v1/products?limit=3' /metrics; do
        inside "curl -fsS -o /tmp/page -w '%{http_code} %{size_download} bytes  $page\n' \
            'http://127.0.0.1:$port$page'"
    done
    inside "SOUK_DATA_DIR=data tests/fresh_shopper.py http://127.0.0.1:$port build-release/souk"
    try_imports
    inside "pkill -TERM -x souk; true"
    wait "$shop" || true
}

# Into the running shop; exit 2 says that rows were left out, and which.
try_imports() {
    local file format
    for file in shopify/apparel-46.csv shopify/bicycles-44.csv shopify/home-and-garden-47.csv \
        catalog/electronics.json; do
        [ -f "$try/root/shared/data/$file" ] || continue
        say "import of $file"
        format=shopify
        [ "${file##*.}" = csv ] || format=json
        inside "SOUK_LOG_LEVEL=warn build-release/souk import $format ../shared/data/$file" \
            2>"$folder/log" || [ $? -eq 2 ] || { tail -5 "$folder/log" >&2; return 1; }
    done
    inside "build-release/souk audit"
}

if [ "${SOUK_FRESH_INSIDE:-}" != yes ]; then
    prepare
    export SOUK_FRESH_INSIDE=yes
    exec unshare --mount --pid --fork --kill-child "$0" "$repository" "$folder"
fi
mount_system
say "the two things that a clone needs"
inside "apt-get -q update && apt-get -q -y install --no-install-recommends git make curl procps" \
    >"$folder/log" 2>&1 || { tail -5 "$folder/log" >&2; exit 1; }
try_run
say "make test"
inside make test </dev/null
say "done"
