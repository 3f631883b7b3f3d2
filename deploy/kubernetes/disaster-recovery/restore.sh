# Brings the database's folder back to TARGET. Patroni takes it from there when postgresql-0 is
# started. tests/cluster/restore.py runs this very script.
set -eu
if [ -f "${DATABASE_FOLDER:-/data/postgresql}/postmaster.pid" ]; then
    echo "restore: a server has this volume open, or was killed: remove postmaster.pid to go on" >&2
    exit 1
fi
if [ "$TARGET" = latest ]; then
    pgbackrest --stanza=souk --delta restore
else
    pgbackrest --stanza=souk --delta --type=time --target="$TARGET" --target-action=promote restore
fi
