#!/bin/bash
# Builds the images with podman: tools/image.sh [souk|souk-frontend|souk-database]...
#
# BASE names a Debian 12 that a registry has. Without it one is bootstrapped from Debian's packages,
# and the certificates that this machine trusts are lent to the build stages; none of these reaches
# an image. TAG (the program's version) is what they are tagged with: localhost/souk:TAG.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${IMAGES:-/var/tmp/souk-images}
tag=${TAG:-$(sed -nE "s/^project\(.*version: '([0-9.]+)'.*/\1/p" meson.build)}
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
# podman as root without systemd: Debian's own default asks for crun and for limits that a container
# in a container may not set.
export CONTAINERS_CONF=${CONTAINERS_CONF:-$PWD/deploy/container/containers.conf}

bootstrap() {
    podman image exists localhost/debian:12 && return
    echo "image: bootstrapping Debian 12"
    mkdir -p "$folder"
    local hook="mkdir -p \"\$1/usr/local/share/ca-certificates\" &&
        cp -r /usr/local/share/ca-certificates/. \"\$1/usr/local/share/ca-certificates/\" &&
        chroot \"\$1\" update-ca-certificates"
    mmdebstrap --variant=minbase --include=ca-certificates --customize-hook="$hook" \
        --skip=output/dev bookworm "$folder/base.tar" >"$folder/base.log" 2>&1 ||
        { tail -5 "$folder/base.log" >&2; return 1; }
    podman import "$folder/base.tar" localhost/debian:12 >/dev/null
    rm "$folder/base.tar"
}

build() {
    echo "image: $1"
    nice podman build --file deploy/container/Containerfile \
        --ignorefile deploy/container/Containerfile.dockerignore \
        --target "$1" --tag "localhost/$1:$tag" \
        --network host --layers --timestamp "$SOURCE_DATE_EPOCH" \
        --build-arg BASE="$BASE" --build-arg VERSION="$tag" \
        --build-arg REVISION="$(git rev-parse HEAD)" . >"$folder/$1.log" 2>&1 </dev/null ||
        { tail -20 "$folder/$1.log" >&2; return 1; }
}

mkdir -p "$folder"
[ -n "${BASE:-}" ] || { bootstrap; BASE=localhost/debian:12; }
for image in "${@:-souk souk-frontend souk-database}"; do
    for one in $image; do
        build "$one"
        deploy/container/check.py "localhost/$one:$tag"
        [ "$one" != souk ] || deploy/container/check_test.py "localhost/$one:$tag"
    done
done
