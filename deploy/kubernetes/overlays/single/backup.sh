# A whole copy of the database of one moment, beside the running shop, and the pictures; fourteen
# are kept. Python's SQLite does it, with the same call that the sqlite3 shell's .backup makes.
set -eu
stamp=$(date -u +%Y%m%dT%H%M%SZ)
python3 - "/backup/souk-$stamp.db" <<'PYTHON'
import sqlite3
import sys

source = sqlite3.connect("file:/data/souk.db?mode=rw", uri=True)
copy = sqlite3.connect(sys.argv[1])
source.backup(copy)
copy.execute("PRAGMA journal_mode = DELETE")
found = copy.execute("PRAGMA integrity_check").fetchone()[0]
copy.close()
if found != "ok":
    sys.exit("backup: the copy is damaged: " + found)
PYTHON
# Pictures are written before the row that names them, and never changed: those that are new.
mkdir -p /backup/media
[ ! -d /data/media ] || cp -a -u /data/media/. /backup/media/
ls -1t /backup/souk-*.db | tail -n +15 | xargs -r rm --
echo "backup: souk-$stamp.db, $(stat -c %s "/backup/souk-$stamp.db") bytes"
