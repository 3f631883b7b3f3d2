# Takes a snapshot of each claim and deletes those older than DAYS: snapshots.sh DAYS CLAIM=CLASS...
set -eu
export HOME=/tmp
days=$1
shift
now=$(date -u +%s)
stamp=$(date -u +%Y%m%d-%H%M)
for pair in "$@"; do
    kubectl -n "$NAMESPACE" apply -f - <<YAML
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata:
  name: ${pair%%=*}-$stamp
  labels: {souk.shop/snapshots: nightly}
spec:
  volumeSnapshotClassName: ${pair#*=}
  source: {persistentVolumeClaimName: ${pair%%=*}}
YAML
done
kubectl -n "$NAMESPACE" get volumesnapshots -l souk.shop/snapshots=nightly \
    -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.creationTimestamp}{"\n"}{end}' |
    while read -r name at; do
        made=$(date -u -D '%Y-%m-%dT%H:%M:%SZ' -d "$at" +%s)
        [ $((now - made)) -le $((days * 86400)) ] ||
            kubectl -n "$NAMESPACE" delete volumesnapshot "$name"
    done
