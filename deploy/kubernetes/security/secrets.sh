#!/bin/sh
# Makes every Secret that the platform needs, with new random values:
#
#     secrets.sh [NAME...] | kubectl apply -f -              into the cluster
#     secrets.sh --seal [NAME...] > sealed-secrets.yaml      for the repository, by kubeseal
#     secrets.sh --list                                      the names
#
# What comes from others (the object store's keys, the addresses of PagerDuty and Slack, the mail
# server with its password) is taken from the environment, and is empty when it is not there:
# BACKUP_S3_KEY, BACKUP_S3_KEY_SECRET, PAGERDUTY_KEY, SLACK_URL, SMTP_URL. What is printed without
# --seal is never committed.
set -eu

NAMESPACE=${NAMESPACE:-ecommerce}
MONITORING=${MONITORING:-ecommerce-monitoring}
AGENTS=${AGENTS:-ecommerce-agents}
ALL="souk user-service product-service order-service payment-service inventory-service
notification-service postgresql pgbouncer pgbackrest redis alertmanager grafana elasticsearch
log-collector"

random() { head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# These are known on two sides: by PostgreSQL and its pooler, by Elasticsearch and the collector.
pooler=${POOLER_PASSWORD:-$(random)} watch=${WATCH_PASSWORD:-$(random)}
collector=${COLLECTOR_PASSWORD:-$(random)}

# secret NAME NAMESPACE, then one `value KEY TEXT` a key.
secret() {
    printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n' "$1"
    printf '  namespace: %s\nstringData:\n' "$2"
}
value() { printf '  %s: "%s"\n' "$1" "$2"; }

one() {
    case $1 in
    souk)
        secret souk "$NAMESPACE"
        value peer-key "$(random)"
        value smtp-url "${SMTP_URL:-}"
        ;;
    *-service)
        secret "$1" "$NAMESPACE"
        value database-password "$(random)"
        ;;
    postgresql)
        secret postgresql "$NAMESPACE"
        for role in superuser replication rewind owner restapi; do
            value $role-password "$(random)"
        done
        value pooler-password "$pooler"
        value watch-password "$watch"
        ;;
    pgbouncer)
        secret pgbouncer "$NAMESPACE"
        value users "\\\"pooler\\\" \\\"$pooler\\\"\\n\\\"watch\\\" \\\"$watch\\\"\\n"
        value watch-password "$watch"
        ;;
    pgbackrest)
        secret pgbackrest "$NAMESPACE"
        # pgBackRest refuses a variable that is there and empty.
        if [ -n "${BACKUP_S3_KEY:-}" ]; then
            value PGBACKREST_REPO1_S3_KEY "$BACKUP_S3_KEY"
            value PGBACKREST_REPO1_S3_KEY_SECRET "$BACKUP_S3_KEY_SECRET"
        fi
        value PGBACKREST_REPO1_CIPHER_PASS "$(random)"
        ;;
    redis)
        password=$(random)
        secret redis "$NAMESPACE"
        value password "$password"
        value auth.conf "requirepass $password\\nmasterauth $password\\n"
        ;;
    alertmanager)
        secret alertmanager "$MONITORING"
        value pagerduty-key "${PAGERDUTY_KEY:-}"
        value slack-url "${SLACK_URL:-}"
        ;;
    grafana)
        secret grafana "$MONITORING"
        value admin-user admin
        value admin-password "$(random)"
        ;;
    elasticsearch)
        secret elasticsearch "$MONITORING"
        for role in elastic kibana; do value $role-password "$(random)"; done
        value collector-password "$collector"
        value encryption-key "$(random)"
        ;;
    log-collector)
        secret log-collector "$AGENTS"
        value collector-password "$collector"
        ;;
    *)
        echo "secrets.sh: there is no $1; see secrets.sh --list" >&2
        exit 1
        ;;
    esac
}

case ${1:-} in
--list)
    printf '%s\n' $ALL
    exit
    ;;
--seal)
    shift
    for name in ${*:-$ALL}; do
        echo ---
        one "$name" | kubeseal --format yaml
    done
    ;;
*)
    for name in ${*:-$ALL}; do one "$name"; done
    ;;
esac
