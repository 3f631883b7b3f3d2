"""A planned change of the primary, during which the shop's writes wait instead of failing.

Patroni's own switchover leaves the new primary alone for two to three seconds: the other replicas
sleep before they look for it, and make it create their slots, and what commits with a standby waits
for them. Here they follow the candidate beforehand (the tag `replicatefrom`), so that its change of
timeline reaches them over the connection that they have; and pgbouncer holds new transactions back
until it has been told of the new primary (follow_primary.py).
"""
import concurrent.futures
import json
import os
import signal
import sys
import urllib.error
import urllib.request

import look
import plan as plans
import processes

FOLLOW_S, PAUSE_S, LED_S, CHANGE_S = 15, 1, 10, 60


def ask(plan, node, path, document=None):
    request = urllib.request.Request(
        "http://127.0.0.1:%d%s" % (plan.patroni_port(node), path), method="POST",
        data=json.dumps(document or {}).encode())
    try:
        with urllib.request.urlopen(request, timeout=CHANGE_S) as answer:
            return answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        sys.exit("switchover: Patroni on %s: %s" % (node, error.read().decode().strip()))


def tag(plan, node, tags):
    """Patroni's configuration of one node, with other tags; {} for none."""
    with open(plan.path(node + ".json"), encoding="utf-8") as file:
        known = json.load(file)
    known["tags"] = tags
    plan.write_for("postgres", node + ".json", json.dumps(known, indent=2))
    ask(plan, node, "/reload")


def followers(plan, node):
    said = look.sql(plan, "SELECT application_name FROM pg_stat_replication"
                    " WHERE state = 'streaming'", plan.postgres_port(node))
    return set((said or "").split())


def pause(plan):
    """New transactions wait. One that runs for longer than PAUSE_S is not waited for, and ends with
    the old primary."""
    look.sql(plan, "PAUSE", plan.port + plans.POOLER, "pooler", "pooler", "pgbouncer", PAUSE_S)


def resume(plan):
    pid = processes.pid_of(plan, "pgbouncer")
    if pid:
        os.kill(pid, signal.SIGUSR2)


def led_to(plan, node):
    """Whether pgbouncer has been told of it."""
    with open(plan.path("pooler", "primary.ini"), encoding="ascii") as file:
        return "port=%d " % plan.postgres_port(node) in file.read()


def choose(plan):
    """(primary, synchronous standby, the others that follow). Nobody else has every order."""
    roles = {member["name"]: member["role"] for member in look.members(plan)}
    old = look.primary(plan)
    new = next((name for name, role in roles.items() if role == "sync_standby"), None)
    if old is None or new is None:
        sys.exit("switchover: there is no " + ("primary" if old is None else
                                               "synchronous standby"))
    return old, new, set(look.replicating(plan)) - {new}


def change(plan, tell=print):
    """Returns the node that was the primary, which follows the new one when this is done."""
    old, new, others = choose(plan)
    try:
        for node in others:
            tag(plan, node, {"replicatefrom": new})
        if not processes.wait_until(lambda: others <= followers(plan, new), FOLLOW_S):
            tell("not all replicas follow %s beforehand: orders will wait for them" % new)
        look.sql(plan, "CHECKPOINT", plan.postgres_port(old))  # so that the last one is short
        with concurrent.futures.ThreadPoolExecutor() as meanwhile:
            paused = meanwhile.submit(pause, plan)
            tell("Patroni: " + ask(plan, old, "/switchover", {"leader": old, "candidate": new}))
            paused.result()
        processes.wait_until(lambda: led_to(plan, new), LED_S)
    finally:
        resume(plan)
        for node in others:
            tag(plan, node, {})
    if not processes.wait_until(lambda: old in look.replicating(plan), CHANGE_S):
        sys.exit("switchover: %s does not follow %s" % (old, new))
    return old
