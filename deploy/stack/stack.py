#!/usr/bin/env python3
"""The whole platform on one machine.

    stack.py start SOUK [--folder DIR] [--port N] [--firewall report|block]
                                                    66 ports from N on are its own
    stack.py status [--folder DIR]                  exits with 1 when something is not healthy
    stack.py switchover [--folder DIR]              another primary; writes wait for it
    stack.py stop [--folder DIR]                    ends every process and removes the folder

Three etcd, four PostgreSQL under Patroni, pgbouncer, six Redis, two Memcached, two processes of
each service, NGINX. As root each runs as the user that Debian made for it and the shop as
`www-data`, else all as who started it. A start that fails or is interrupted leaves nothing behind.
Described in docs/operator/stack.md.
"""
import argparse
import concurrent.futures
import os
import shutil
import signal
import sys
import time

import configure
import look
import plan as plans
import processes
import switchover

MARK = "souk-stack"  # a folder without this file is not removed


def make_folders(plan):
    if os.path.exists(plan.folder):
        sys.exit("stack: %s is there already: make stack-stop" % plan.folder)
    os.makedirs(plan.folder, mode=0o755)
    os.chmod(plan.folder, 0o755)
    plan.write_for("root", MARK, "%d\n" % plan.port, 0o644)
    plan.invent_secrets()
    for name in ("log", "pid"):
        os.mkdir(plan.path(name), 0o755)
    for name in (["etcd", "postgres", "pooler"] +
                 [os.path.join("etcd", name) for name in plans.ETCDS] +
                 [os.path.join("postgres", node) for node in plans.NODES]):
        plan.folder_for("postgres", name)
    for name in plans.REDISES:
        plan.folder_for("redis", name)
    for name in ["shop", os.path.join("shop", "media"), "nginx"]:
        plan.folder_for("www-data", name)


def check_ports(plan):
    ports = range(plan.port, plan.port + plans.PORTS)
    taken = [str(port) for port in ports if not plans.free(port)]
    if taken:
        sys.exit("stack: ports %s are taken; choose others with --port" % ", ".join(taken))


def expect(what, true, plan, name, limit_s=120):
    """Waits for something to be so, or ends with the end of a part's log."""
    if processes.wait_until(true, limit_s):
        return
    sys.exit("stack: %s within %d s; the log of %s ends:\n%s"
             % (what, limit_s, name, processes.log_end(plan, name)))


def all_well(plan, parts):
    for part in parts:
        expect(part.name + " is not well", lambda at=part: look.describe(plan, at)[0], plan,
               part.name)


def make_redis_cluster(plan):
    """Three primaries with a replica each."""
    parts = plan.redis_parts()
    for part in parts:
        expect(part.name + " does not answer",
               lambda at=part: look.redis(plan, at.port, "ping") == "PONG", plan, part.name)
    plans.run(["redis-cli", "--cluster", "create"] +
              ["%s:%d" % (part.host, part.port) for part in parts] +
              ["--cluster-replicas", "1", "--cluster-yes"],
              {"REDISCLI_AUTH": plan.secrets["redis"]})
    all_well(plan, parts)


def primary_port(plan):
    """Of the PostgreSQL that takes writes, which is waited for."""
    found = []
    expect("no primary", lambda: found.append(look.primary(plan)) or found[-1], plan,
           plans.NODES[0])
    return plan.postgres_port(found[-1])


def start_databases(plan):
    first, *others = plan.database_parts()
    all_well(plan, plan.etcd_parts())
    processes.start(plan, first)
    primary_port(plan)
    for part in others:
        processes.start(plan, part)
    expect("no replica follows", lambda: look.replicating(plan), plan, others[0].name)


def make_database(plan):
    port = primary_port(plan)
    statements = [
        "CREATE ROLE souk_owner LOGIN CREATEROLE PASSWORD '%s'" % plan.secrets["owner"],
        "CREATE DATABASE souk OWNER souk_owner TEMPLATE template0 ENCODING 'UTF8'"
        " LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"]
    for statement in statements:
        if look.sql(plan, statement, port, database="postgres") is None:
            sys.exit("stack: the primary refuses: " + statement.partition("PASSWORD")[0])


def migrate(plan):
    port = primary_port(plan)
    for service in plans.SERVICES:
        plans.run([plan.path("souk"), "migrate", service], dict(
            plan.service_environment(service, 0),
            SOUK_DATABASE_OWNER_URL=plan.url("souk_owner", "owner", port)), "www-data")


def start_service(plan, service):
    parts = plan.service_parts(service)
    for part in parts:
        processes.start(plan, part)
    all_well(plan, parts)


def fill(plan):
    """The demo shop and a first admin; the product service starts with what is there."""
    environment = plan.service_environment("product", 0)
    plans.run([plan.path("souk"), "seed"], environment, "www-data", timeout=300)
    said = plans.run([plan.path("souk"), "admin", "admin@example.com"],
                     plan.service_environment("user", 0), "www-data")
    plan.write_for("root", "admin", "admin@example.com %s\n" % said.split()[-1])


def start_gateway(plan):
    command = [plan.path("souk"), "gateway", "--gateway", plan.address(0), "--folder",
               plan.path("nginx"), "--browse-rate", "0", "--checkout-rate", "0"]
    if plan.firewall:
        command += ["--firewall", plan.firewall]
    written = plans.run(command, plan.service_environment("product", 0))
    plan.write_for("www-data", "nginx.conf", written, 0o600)
    part = plan.gateway_part()
    processes.start(plan, part)
    expect("the gateway does not answer", lambda: look.describe(plan, part)[0], plan, part.name)


def start_all(plan, tell):
    for part in plan.etcd_parts() + plan.cache_parts():
        processes.start(plan, part)
    with concurrent.futures.ThreadPoolExecutor() as meanwhile:
        caches = meanwhile.submit(make_redis_cluster, plan)
        start_databases(plan)
        tell("etcd, a primary and a replica that follows it")
        make_database(plan)
        migrate(plan)
        caches.result()
    all_well(plan, plan.memcached_parts())
    processes.start(plan, plan.pooler_part())
    expect("pgbouncer reaches no primary", lambda: look.describe(plan, plan.pooler_part())[0], plan,
           "pgbouncer")
    tell("schemas, roles, pgbouncer, Redis, Memcached")
    for service in plans.SERVICES[:-1]:
        start_service(plan, service)
    fill(plan)
    start_service(plan, plans.SERVICES[-1])
    tell("services and the demo shop")
    start_gateway(plan)
    expect("not all replicas follow", lambda: len(look.replicating(plan)) == len(plans.NODES) - 1,
           plan, plans.NODES[-1])
    tell("all of it")


def start(plan, binary):
    began = time.monotonic()

    def tell(what):
        print("%5.1f s  %s" % (time.monotonic() - began, what), flush=True)

    check_ports(plan)
    make_folders(plan)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stack: stopped while it was started"))
    try:
        shutil.copy(binary, plan.path("souk"))
        os.chmod(plan.path("souk"), 0o755)
        configure.write_all(plan)
        start_all(plan, tell)
    except BaseException:
        stop(plan)
        raise
    # Replicas may still replay what filled the shop.
    if not look.table(plan, 120):
        sys.exit("stack: not all of it is well")
    with open(plan.path("admin"), encoding="utf-8") as file:
        print("\nshop http://%s/  dashboard http://%s/admin/  %s"
              % (plan.address(0), plan.address(0), file.read().strip()))


def stop(plan):
    services = [part.name for service in plans.SERVICES for part in plan.service_parts(service)]
    for names in (["gateway"], services, ["pgbouncer"], plans.NODES,
                  plans.ETCDS + plans.REDISES + plans.MEMCACHEDS):
        processes.stop(plan, names)
    processes.stop_orphans(plan)
    shutil.rmtree(plan.folder)
    print("stack: stopped")


def find(folder):
    """The plan of a stack that was started."""
    try:
        with open(os.path.join(folder, MARK), encoding="ascii") as file:
            plan = plans.Plan(folder, int(file.read()))
        plan.read()
    except OSError:
        sys.exit("stack: there is none in %s: make stack" % folder)
    return plan


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["start", "status", "switchover", "stop"])
    parser.add_argument("binary", nargs="?")
    parser.add_argument("--folder", default="/tmp/souk-stack")
    parser.add_argument("--port", type=int, default=31000)
    parser.add_argument("--firewall", choices=["report", "block"])
    options = parser.parse_args()
    if options.command == "start":
        plan = plans.Plan(options.folder, options.port)
        plan.firewall = options.firewall
        start(plan, options.binary or "build-release/souk")
    elif options.command == "switchover":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stack: stopped"))
        switchover.change(find(options.folder))
    elif options.command == "stop":
        stop(find(options.folder))
    elif not look.table(find(options.folder)):
        sys.exit(1)


if __name__ == "__main__":
    main()
