#!/bin/sh
# Labels the two workers, and makes the folders of the volumes on them (run the second on each):
#
#     nodes.sh label WORKER_1 WORKER_2     with kubectl, from anywhere
#     nodes.sh folders frontend|backend    as root, on the worker itself
set -eu
case $1 in
label)
    kubectl label --overwrite node "$2" tier=frontend storage=ssd
    kubectl label --overwrite node "$3" tier=backend storage=hdd
    ;;
folders)
    case $2 in
    frontend) folders="redis backup prometheus alertmanager" ;;
    backend) folders="redis postgresql media elasticsearch" ;;
    *) echo "nodes.sh: frontend or backend?" >&2; exit 1 ;;
    esac
    for folder in $folders; do mkdir -p "/srv/souk/$folder"; done
    # Kubernetes sets no owner on folders of a node (fsGroup does not reach them).
    for pair in redis=999:1000 backup=65532:65532 postgresql=65532:65532 media=65532:65532 \
        prometheus=1000:2000 alertmanager=1000:2000 elasticsearch=1000:1000; do
        [ ! -d "/srv/souk/${pair%%=*}" ] || chown "${pair#*=}" "/srv/souk/${pair%%=*}"
    done
    ;;
*) echo "nodes.sh: label or folders?" >&2; exit 1 ;;
esac
