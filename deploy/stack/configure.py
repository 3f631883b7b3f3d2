"""Writes the configuration of the parts that are not Souk's: Patroni, pgbouncer, Redis."""
import json
import os

import plan as plans

# A primary whose PostgreSQL died hands over at once (primary_start_timeout 0); one whose machine is
# gone is replaced when its lease in etcd ends, which Patroni lets be 20 s at least.
LEASE_S, LOOP_S, RETRY_S = 20, 1, 5
# Where the log goes to can be changed while PostgreSQL runs, that it goes anywhere cannot.
NO_ARCHIVE = "true"


def sockets(plan):
    """Where PostgreSQL's are; pgBackRest knows no other way to it."""
    return plan.path("postgres")


def postgres_parameters(plan):
    return {
        "wal_level": "replica", "hot_standby": "on", "wal_log_hints": "on",
        "max_wal_senders": 10, "max_replication_slots": 10, "wal_keep_size": "128MB",
        "max_connections": 120, "shared_buffers": "64MB", "synchronous_commit": "on",
        "unix_socket_directories": sockets(plan), "password_encryption": "scram-sha-256",
        "archive_mode": "on", "archive_command": NO_ARCHIVE,
        "wal_receiver_timeout": "5s", "wal_sender_timeout": "5s",
        "wal_retrieve_retry_interval": "100ms", "max_pred_locks_per_transaction": 256,
        # Replicas follow a new primary only after its first checkpoint, and commits wait for them:
        # it has little to write, and does not take its time.
        "checkpoint_timeout": "30s", "checkpoint_completion_target": 0,
    }


def access():
    return ["local all all scram-sha-256",
            "host replication replicator 127.0.0.1/32 scram-sha-256",
            "host all all 127.0.0.1/32 scram-sha-256"]


def patroni(plan, node):
    """JSON is YAML too, and Python writes it by itself."""
    secret = plan.secrets
    return {
        "scope": "souk", "name": node,
        "restapi": {"listen": "127.0.0.1:%d" % plan.patroni_port(node),
                    "connect_address": "127.0.0.1:%d" % plan.patroni_port(node)},
        "etcd3": {"hosts": plan.addresses(plans.ETCD, plans.ETCDS)},
        "bootstrap": {
            "dcs": {
                "ttl": LEASE_S, "loop_wait": LOOP_S, "retry_timeout": RETRY_S,
                "primary_start_timeout": 0,
                # Without etcd the primary goes on while it reaches every other Patroni: none of
                # them can be a primary then.
                "failsafe_mode": True,
                "maximum_lag_on_failover": 1048576,
                # Strict: rather no write than one that a failover may forget. Two: the one that
                # is further is promoted, so the other one is not ahead of it and follows at once;
                # where all others are ahead they have to rewind first, and commits wait for that.
                "synchronous_mode": True, "synchronous_mode_strict": True,
                "synchronous_node_count": 2,
                "postgresql": {"use_pg_rewind": True, "use_slots": True,
                               "parameters": postgres_parameters(plan)},
            },
            "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"],
        },
        "postgresql": {
            "listen": "127.0.0.1:%d" % plan.postgres_port(node),
            "connect_address": "127.0.0.1:%d" % plan.postgres_port(node),
            "data_dir": plan.path("postgres", node), "bin_dir": plans.postgres_bin(),
            "pgpass": plan.path("postgres", node + ".pgpass"), "pg_hba": access(),
            "authentication": {
                "superuser": {"username": "postgres", "password": secret["superuser"]},
                "replication": {"username": "replicator", "password": secret["replication"]},
                "rewind": {"username": "rewinder", "password": secret["rewind"]},
            },
            "callbacks": {"on_start": follow_command(plan, node),
                          "on_role_change": follow_command(plan, node)},
            # The old primary is a replica again without a hand, whatever it wrote that was not
            # acknowledged.
            "remove_data_directory_on_rewind_failure": True,
            "remove_data_directory_on_diverged_timelines": True,
        },
    }


def write_patroni(plan, node, tags=None, recovery=None):
    """For one node, with tags and with settings of a replica when there are any. A Patroni that
    runs reads it again when it is asked to (/reload). What PostgreSQL itself is told it takes back.
    """
    known = patroni(plan, node)
    if tags:
        known["tags"] = tags
    if recovery:
        known["postgresql"]["recovery_conf"] = recovery
    plan.write_for("postgres", node + ".json", json.dumps(known, indent=2))


def follow_command(plan, node):
    return "python3 %s %s %s" % (plan.path("follow_primary.py"), plan.folder, node)


def pgbouncer(plan):
    return """[databases]
%%include %s

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
pidfile =
logfile = %s
auth_type = scram-sha-256
auth_file = %s
admin_users = pooler
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 12
# A primary that is away is asked again soon, and who waits for it is told before its own patience
# (five seconds) ends. 15 and 120 seconds are the defaults.
server_login_retry = 0.2
server_connect_timeout = 2
query_wait_timeout = 3
# A connection to a server that is not the primary any more ends with its transaction.
server_fast_close = 1
# Who hangs in a transaction, or was cut off in it, holds up all who want the same rows.
idle_transaction_timeout = 3
server_lifetime = 600
tcp_keepalive = 1
tcp_keepidle = 5
tcp_keepintvl = 2
tcp_keepcnt = 3
%s""" % (
        plan.path("pooler", "primary.ini"), plan.port + plans.POOLER,
        plan.path("pooler", "pgbouncer.log"), plan.path("pooler", "users"),
        "max_prepared_statements = 1000\n" if plans.pooler_keeps_statements() else "")


def redis(plan, number):
    name = plans.REDISES[number]
    return """bind 127.0.0.1
port %d
cluster-port %d
dir %s
cluster-enabled yes
cluster-config-file nodes.conf
# A primary that is silent for so long is replaced by its replica.
cluster-node-timeout 2000
requirepass %s
masterauth %s
appendonly yes
appendfsync everysec
save ""
# Copies alone: when it is full those go that were not used for longest.
maxmemory 128mb
maxmemory-policy volatile-lru
repl-diskless-sync-delay 0
""" % (plan.port + plans.REDIS + number, plan.port + plans.REDIS_BUS + number, plan.path(name),
       plan.secrets["redis"], plan.secrets["redis"])


def write_all(plan):
    for node in plans.NODES:
        write_patroni(plan, node)
    plan.write_for("postgres", "pgbouncer.ini", pgbouncer(plan))
    for number, name in enumerate(plans.REDISES):
        plan.write_for("redis", name + ".conf", redis(plan, number))
    users = [("pooler", "pooler")] + [("souk_" + service, service) for service in plans.SERVICES]
    plan.write_for("postgres", os.path.join("pooler", "users"),
                   "".join('"%s" "%s"\n' % (role, plan.secrets[name]) for role, name in users))
    with open(os.path.join(plans.HERE, "follow_primary.py"), encoding="utf-8") as file:
        plan.write_for("postgres", "follow_primary.py", file.read())
