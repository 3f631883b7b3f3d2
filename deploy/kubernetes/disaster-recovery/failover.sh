# To the synchronous standby, which has everything that was acknowledged; to nobody else.
set -eu
standby=$(patronictl -c /etc/patroni/patroni.yml list -f json | python3 -c '
import json, sys
found = [m["Member"] for m in json.load(sys.stdin) if m["Role"] == "Sync Standby"]
print(found[0] if found else "")')
[ -n "$standby" ] || { echo "there is no synchronous standby: see the runbook" >&2; exit 1; }
patronictl -c /etc/patroni/patroni.yml failover --candidate "$standby" --force
