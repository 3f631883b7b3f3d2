#!/bin/bash
# Puts the pgbouncer of the Debian after this one into a folder, with the libraries that it was
# built for: it keeps prepared statements for its clients, which Debian 12's does not. Prints the
# folder to put before PATH. Packages come from where this machine gets its own, and apt checks
# their signatures; nothing is installed. Exits with 3 where they cannot be had.
#
#     tests/cluster/new_pooler.sh FOLDER [SUITE]
set -eu
folder=$(realpath -m "$1") suite=${2:-trixie}
packages="pgbouncer libaudit1 libc6 libcap-ng0 libcap2 libcares2 libevent-2.1-7t64 libgcc-s1
    libpam0g libssl3t64 libsystemd0 libzstd1 zlib1g"
site=$(apt-get indextargets --format '$(SITE) $(RELEASE)' | awk '$2 == "bookworm" {print $1; exit}')
[ -n "$site" ] || { echo "new_pooler: apt has no source of Debian 12" >&2; exit 1; }

mkdir -p "$folder"/{apt/lists/partial,apt/cache/archives/partial,bin,root}
cat >"$folder/apt/sources.list" <<END
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site $suite main
END
: >"$folder/apt/status"
cat >"$folder/apt/conf" <<END
Dir::State "$folder/apt";
Dir::State::status "$folder/apt/status";
Dir::Cache "$folder/apt/cache";
Dir::Etc::sourcelist "$folder/apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferencesparts "-";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
END
export APT_CONFIG=$folder/apt/conf
cd "$folder/apt"
{
    # shellcheck disable=SC2086
    timeout 120 apt-get -q -o APT::Update::Error-Mode=any update &&
        timeout 240 apt-get -q download $packages &&
        for package in *.deb; do dpkg-deb -x "$package" "$folder/root" || exit 1; done
} >log 2>&1 || { tail -3 log >&2; exit 3; }

root=$folder/root
cat >"$folder/bin/pgbouncer" <<END
#!/bin/sh
exec $root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 --library-path \\
    $root/usr/lib/x86_64-linux-gnu $root/usr/sbin/pgbouncer "\$@"
END
chmod -R a+rX "$folder"
chmod 755 "$folder/bin/pgbouncer"
"$folder/bin/pgbouncer" --version >log || { echo "new_pooler: it does not run here" >&2; exit 3; }
echo "$folder/bin"
