#!/bin/bash
# Installs what building and testing need and is missing:
#
#     tools/setup.sh [build|web|test|stack|kube|image]...
#
# Debian packages stand in tools/packages.txt, those of the stack in deploy/stack/packages.txt. npm
# packages are installed when the folder's package-lock.json changed since the last time. Without a
# group: build, web and test.
set -eu
cd "$(dirname "$0")/.."
groups=" ${*:-build web test} "

fail() {
    echo "setup: $*" >&2
    exit 1
}

# The packages of the groups that neither dpkg nor, where one is named, PATH knows.
missing() {
    local group package rest program
    while read -r group package rest; do
        [[ $group == \#* || $groups != *" $group "* ]] && continue
        program=
        [[ $rest == :* ]] && program=${rest%% *} && program=${program#:}
        [ -n "$program" ] && PATH=$PATH:/usr/sbin command -v "$program" >/dev/null && continue
        [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] && continue
        echo "$package"
    done < <(cat tools/packages.txt deploy/stack/packages.txt 2>/dev/null)
}

# Runs what asks somebody on the network, again when it fails: a moment later it may be there.
patiently() {
    local pause
    for pause in 5 20 60; do
        "$@" && return
        echo "setup: again in $pause s: $*" >&2
        sleep "$pause"
    done
    "$@"
}

install_packages() {
    local sudo=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "as root, run: apt-get install $*"
        sudo=sudo
    fi
    echo "setup: installing $*"
    local log apt=($sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
    log=$(mktemp)
    update_and_install() {
        "${apt[@]}" update >"$log" 2>&1 </dev/null &&
            "${apt[@]}" install --no-install-recommends "$@" >>"$log" 2>&1 </dev/null
    }
    if ! patiently update_and_install "$@"; then
        tail -20 "$log" >&2
        fail "apt-get could not install $*; the whole output is in $log"
    fi
    rm -f "$log"
}

npm_ci() {
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error </dev/null)
}

install_npm_packages() {
    local lock=$1/package-lock.json installed=$1/node_modules/.souk-lock
    [ -f "$lock" ] && ! cmp -s "$lock" "$installed" || return 0
    echo "setup: installing the packages of $1"
    patiently npm_ci "$1" || fail "npm ci failed in $1/"
    cp "$lock" "$installed"
}

command -v dpkg-query >/dev/null || fail "this is not Debian; install what tools/packages.txt lists"
mapfile -t packages < <(missing)
[ "${#packages[@]}" -eq 0 ] || install_packages "${packages[@]}"
[[ $groups != *" web "* ]] || install_npm_packages web
[[ $groups != *" kube "* && $groups != *" image "* ]] || install_npm_packages deploy/checks
