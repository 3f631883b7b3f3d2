# Takes a snapshot of each claim, waits until the storage has them, and then deletes those older
# than DAYS: snapshots.sh DAYS CLAIM=CLASS... tests/kube/snapshots.py runs this very script.
set -eu
export HOME=/tmp
days=$1
shift
now=$(date -u +%s)
stamp=$(date -u +%Y%m%d-%H%M)
oldest=$(date -u -d "@$((now - days * 86400))" +%Y-%m-%dT%H:%M:%SZ)
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
# The object is a wish, which the storage may refuse, and nobody would hear of it.
for pair in "$@"; do
    name=${pair%%=*}-$stamp
    if ! kubectl -n "$NAMESPACE" wait --for=jsonpath='{.status.readyToUse}'=true --timeout=1h \
        "volumesnapshot/$name"; then
        echo "snapshots: there is no snapshot $name, and no older one is deleted:" >&2
        kubectl -n "$NAMESPACE" get volumesnapshot "$name" -o jsonpath='{.status.error.message}' >&2
        exit 1
    fi
done
kubectl -n "$NAMESPACE" get volumesnapshots -l souk.shop/snapshots=nightly \
    -o jsonpath='{range .items[*]}{.metadata.creationTimestamp} {.metadata.name}{"\n"}{end}' |
    awk -v oldest="$oldest" '$1 < oldest {print $2}' |
    while read -r name; do
        kubectl -n "$NAMESPACE" delete volumesnapshot "$name"
    done
