"""A planned change of the primary, during which the shop's writes wait instead of failing.

Patroni's own switchover leaves the new primary alone for two to three seconds: the other replicas
sleep before they look for it, and make it create their slots, and what commits with a standby waits
for them. Here they follow the candidate beforehand (the tag `replicatefrom`), so that its change of
timeline reaches them over the connection that they have; and pgbouncer holds new transactions back
until it has been told of the new primary (follow_primary.py).

Whatever is changed for that while is undone by a process of its own, this file run as a program:
when the switchover is over, or has ended however else, and new transactions wait PAUSED_S at most.
Where that process was killed too, they wait for the next switchover, which begins with undoing.
"""
import contextlib
import os
import select
import signal
import subprocess
import sys

import configure
import look
import plan as plans
import processes

FOLLOW_S, LED_S, CHANGE_S = 15, 10, 60
CHOICE_S = 20  # until a busy Patroni has said who there is
PAUSED_S = 8  # it takes three; who waits for longer is told so anyhow (query_wait_timeout)


def ask(plan, node, path, document):
    status, said = look.get("http://127.0.0.1:%d%s" % (plan.patroni_port(node), path), CHANGE_S,
                            document)
    if status not in (200, 202):
        sys.exit("switchover: Patroni on %s: %s" % (node, said.strip() or "no answer"))
    return said.strip()


def tag(plan, node, tags):
    configure.write_patroni(plan, node, tags)
    ask(plan, node, "/reload", {})


def followers(plan, node):
    said = look.sql(plan, "SELECT application_name FROM pg_stat_replication"
                    " WHERE state = 'streaming'", plan.postgres_port(node))
    return set((said or "").split())


class Undo:
    """The process that undoes, of which this one holds the input: where this one ends, that ends.
    """

    def __init__(self, plan, nodes):
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), plan.folder, str(plan.port), *nodes],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd="/",
            start_new_session=True)

    def pause(self):
        """Returns when pgbouncer has been told; it may do nothing without who lets it go on."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(b"p")
        if self.process.stdout.read(1) != b"p":
            sys.exit("switchover: nobody is there to end a pause")

    def now(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            sys.exit("switchover: not all was undone")


def pooler(plan, number):
    pid = processes.pid_of(plan, "pgbouncer")
    if pid:
        os.kill(pid, number)


def undo(plan, nodes):
    """Standard input ends when the switchover does."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    plan.read()
    if os.read(0, 1):
        pooler(plan, signal.SIGUSR1)  # PAUSE
        with contextlib.suppress(BrokenPipeError):
            os.write(1, b"p")
            select.select([0], [], [], PAUSED_S)
        pooler(plan, signal.SIGUSR2)  # RESUME
        os.read(0, 1)
    for node in nodes:
        tag(plan, node, {})


def led_to(plan, node):
    """Whether pgbouncer has been told of it."""
    with open(plan.path("pooler", "primary.ini"), encoding="ascii") as file:
        return "port=%d " % plan.postgres_port(node) in file.read()


def look_for_both(plan):
    """(primary, a synchronous standby) as they are now; None for who is not there."""
    roles = {member["name"]: member["role"] for member in look.members(plan)}
    return look.primary(plan), next((name for name, role in roles.items()
                                     if role == "sync_standby"), None)


def choose(plan):
    """(primary, a synchronous standby, the others that follow). No other is sure to have all."""
    seen = []
    processes.wait_until(lambda: seen.append(look_for_both(plan)) or None not in seen[-1], CHOICE_S)
    old, new = seen[-1]
    if old is None or new is None:
        sys.exit("switchover: there is no " + ("primary" if old is None else
                                               "synchronous standby"))
    return old, new, set(look.replicating(plan)) - {new}


def change(plan, tell=print):
    """Returns the node that was the primary, which follows the new one when this is done."""
    old, new, others = choose(plan)
    left = {member["name"] for member in look.members(plan) if member.get("tags")}
    pooler(plan, signal.SIGUSR2)  # RESUME; it does nothing to one that does not wait
    undoing = Undo(plan, others | left)
    try:
        for node in others:
            tag(plan, node, {"replicatefrom": new})
        if not processes.wait_until(lambda: others <= followers(plan, new), FOLLOW_S):
            tell("not all replicas follow %s beforehand: orders will wait for them" % new)
        for node in (old, new):  # so that the old one's last and the new one's first are short
            look.sql(plan, "CHECKPOINT", plan.postgres_port(node))
        # What runs may end until Patroni stops the old primary; what does not, ends with it.
        undoing.pause()
        tell("Patroni: " + ask(plan, old, "/switchover", {"leader": old, "candidate": new}))
        processes.wait_until(lambda: led_to(plan, new), LED_S)
    finally:
        undoing.now()
    if not processes.wait_until(lambda: old in look.replicating(plan), CHANGE_S):
        sys.exit("switchover: %s does not follow %s" % (old, new))
    return old


if __name__ == "__main__":
    undo(plans.Plan(sys.argv[1], int(sys.argv[2])), sys.argv[3:])
