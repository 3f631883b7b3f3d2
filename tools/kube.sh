#!/bin/bash
# Checks the manifests, or writes their golden output: tools/kube.sh check|golden SOUK
set -euo pipefail
cd "$(dirname "$0")/.."
checks=deploy/checks/kube_check.py
failed=0
case $1 in
golden) "$checks" "$2" golden ;;
check)
    "$checks" "$2" fixtures || failed=1
    tests/kube/snapshots.py || failed=1
    [ ! -d deploy/kubernetes/overlays ] || "$checks" "$2" check || failed=1
    tests/kube/release.sh || failed=1
    ;;
esac
exit $failed
