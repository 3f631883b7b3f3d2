#!/bin/sh
# What the database image has beside its Debian: database.sh VERSION, run once while it is built.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -q update >/dev/null
# No cluster of Debian's own: Patroni makes the only one.
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
apt-get -q -y install --no-install-recommends postgresql-15 patroni pgbouncer pgbackrest \
    python3-etcd >/dev/null 2>&1
# Compiling queries costs a hundred megabytes and gains a shop's short queries nothing; without its
# module PostgreSQL goes on without.
rm -rf /usr/lib/postgresql/15/lib/llvmjit* /usr/lib/postgresql/15/lib/bitcode \
    /usr/lib/*/libLLVM* /usr/lib/llvm-*
groupadd --gid 65532 souk
useradd --uid 65532 --gid 65532 --home-dir /data --no-create-home --shell /usr/sbin/nologin souk
for folder in /data /var/run/postgresql /var/lib/pgbackrest /var/log/pgbackrest \
    /var/spool/pgbackrest; do
    mkdir -p "$folder"
    chown souk:souk "$folder"
done
# Nobody becomes root here.
find / -xdev -perm /6000 -type f -exec chmod a-s {} +
# A key that every copy of the image would have, and certificates that only the machine trusts on
# which it is built.
rm -f /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem
rm -rf /usr/local/share/ca-certificates
update-ca-certificates --fresh >/dev/null
mkdir -p /usr/share/sbom
python3 /sbom.py souk-database "$1" / >/usr/share/sbom/souk-database.cdx.json
find /usr/share/doc -type f ! -name copyright -delete
rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*.log /var/log/apt
rm -rf /usr/share/man /usr/share/locale
