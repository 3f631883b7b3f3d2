# To a synchronous standby, which has everything that was acknowledged; to nobody else. Of two to
# the one that is further: the other can follow it at once.
set -eu
standby=$(patronictl -c /etc/patroni/patroni.yml list -f json | python3 -c '
import json, sys
found = [(m.get("Lag in MB", 0), m["Member"]) for m in json.load(sys.stdin)
         if m["Role"] == "Sync Standby" and m["State"] in ("running", "streaming")]
print(min(found)[1] if found else "")')
[ -n "$standby" ] || { echo "there is no synchronous standby: see the runbook" >&2; exit 1; }
patronictl -c /etc/patroni/patroni.yml failover --candidate "$standby" --force
