"""What a drill breaks. A fault is a coroutine of the drill: it breaks something, mends it where it
does not mend itself, and returns when it has; what has to be undone when it is interrupted it gives
to drill.undo. NAMES, at the end, lists them with what is promised of each."""
import asyncio
import collections
import multiprocessing
import os
import re
import signal
import time

import configure
import look
import network
import plan as plans
import processes
import switchover
from shoppers import SERVICES

CALM_S, NODE_AWAY_S, ETCD_AWAY_S, NETWORK_AWAY_S = 20, 30, 40, 20
AHEAD_S = 0.02
PAIR_ACCOUNTS, PAIR_CARTS, PAIRS_S = 16, 2, 480
# NGINX leaves a process that failed alone for two seconds: its twin goes only after that.
NOTICED_S = 2.5


class Fault:
    """limit_s: seconds without an acknowledged write, at most. `strict`: not one request fails.
    rest_s: see Load."""

    def __init__(self, run, limit_s, words, strict=False, patience_s=60, shoppers=16, rest_s=0):
        self.run, self.limit_s, self.words = run, limit_s, words
        self.strict, self.patience_s, self.shoppers = strict, patience_s, shoppers
        self.rest_s = rest_s


def part_named(plan, name):
    return next(part for part in plan.parts() if part.name == name)


def start_part(plan, name):
    processes.start(plan, part_named(plan, name))


async def until(true, limit_s):
    """Whether it came true; `true` may ask others and take its time."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if await asyncio.to_thread(true):
            return True
        await asyncio.sleep(0.2)
    return False


async def primary_of(plan):
    """The node that takes writes; a busy Patroni may be slow to say so."""
    found = []
    if not await until(lambda: found.append(look.primary(plan)) or found[-1], 60):
        raise OSError("no Patroni says that it is the primary's")
    return found[-1]


async def well_again(drill, name, limit_s=120):
    part = part_named(drill.plan, name)
    drill.promise(await until(lambda: look.describe(drill.plan, part)[0], limit_s),
                  name + " is well again")


def kill_part(drill, name):
    """kill -9 of all its processes; started again at the latest when the drill ends."""
    processes.kill(processes.pid_of(drill.plan, name))
    drill.undo.append(lambda: start_part(drill.plan, name))


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def kill_postgres(plan, node):
    """The first process and its children at once, as when the kernel kills them."""
    pid = processes.postmaster_of(plan, node)
    for victim in [pid] + children(pid):
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass


async def replica_again(drill, node, since):
    back = await until(lambda: node in look.replicating(drill.plan), 240)
    drill.promise(back, "%s is a replica again by itself%s" % (
        node, " after %.1f s" % (time.monotonic() - since) if back else ""))


async def calm(_):
    """Nothing: what the others are compared with."""
    await asyncio.sleep(CALM_S)


# PostgreSQL and what chooses the primary.

def has_standby(plan):
    return any(member["role"] == "sync_standby" for member in look.members(plan))


async def primary(drill, ahead_s=0):
    node = await primary_of(drill.plan)
    # One that became it seconds ago has none yet to whom it could be handed over without losing an
    # order, and is started again instead.
    drill.promise(await until(lambda: has_standby(drill.plan), 90),
                  "%s has a synchronous standby" % node)
    if ahead_s:
        stop_sending(drill.plan, node)
        await asyncio.sleep(ahead_s)
    since = time.monotonic()
    kill_postgres(drill.plan, node)
    await drill.writes_again(since)
    await replica_again(drill, node, since)


def stop_sending(plan, node):
    """From now on no replica hears of what is committed."""
    pids = look.sql(plan, "SELECT string_agg(CAST(pid AS TEXT), ' ') FROM pg_stat_replication",
                    plan.postgres_port(node))
    for pid in pids.split():
        os.kill(int(pid), signal.SIGSTOP)


async def primary_ahead(drill):
    """What did not wait for the standby then was answered, and is gone; who heard of it goes on
    with the new primary. Short: nothing is to wait for the old one."""
    await primary(drill, AHEAD_S)


async def primary_node(drill):
    node, since = await primary_of(drill.plan), time.monotonic()
    kill_part(drill, node)
    kill_postgres(drill.plan, node)
    await asyncio.sleep(NODE_AWAY_S)
    start_part(drill.plan, node)
    await drill.writes_again(since)
    await replica_again(drill, node, since)


async def primary_stop(drill):
    """As a node that is emptied does it, and a Pod that is deleted."""
    node, since = await primary_of(drill.plan), time.monotonic()
    drill.undo.append(lambda: start_part(drill.plan, node))
    await asyncio.to_thread(processes.stop, drill.plan, [node])
    await asyncio.sleep(2)
    start_part(drill.plan, node)
    await drill.writes_again(since)
    await replica_again(drill, node, since)


async def planned(drill):
    since = time.monotonic()
    node = await asyncio.to_thread(switchover.change, drill.plan)
    await drill.writes_again(since)
    await replica_again(drill, node, since)


def end_in_pause(plan, number):
    """The process of a switchover gets a signal when pgbouncer holds transactions back and Patroni
    knows of nothing."""
    ask = switchover.ask

    def signal_instead(plan, node, path, document):
        if path == "/switchover":
            os.kill(os.getpid(), number)
        return ask(plan, node, path, document)

    switchover.ask = signal_instead
    switchover.change(plan)


def has_ended_in_pause(process):
    with open("/proc/%d/stat" % process.pid, encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()[0] in "TZ"  # stopped, or not yet waited for


async def planned_killed(drill):
    """One is killed in the pause, and after that another one hangs in it."""
    plan, spawn = drill.plan, multiprocessing.get_context("spawn")
    node = await primary_of(plan)
    for number, words in (signal.SIGKILL, "killed"), (signal.SIGSTOP, "stopped"):
        process = spawn.Process(target=end_in_pause, args=(plan, number))
        process.start()
        drill.undo.append(process.kill)
        drill.promise(await until(lambda at=process: has_ended_in_pause(at), 60),
                      "a switchover was %s in its pause" % words)
        await drill.writes_again(time.monotonic())
        process.kill()
        await asyncio.to_thread(process.join)
        await untagged(drill)
    drill.promise(await primary_of(plan) == node, "%s is the primary still" % node)
    await planned_undone_by_the_next(drill)


async def untagged(drill):
    drill.promise(await until(lambda: not any(member.get("tags") for member in
                                              look.members(drill.plan)), 30),
                  "all replicas follow whom they did before")


async def planned_undone_by_the_next(drill):
    """One that is killed in its pause together with the process that undoes."""
    process = multiprocessing.get_context("spawn").Process(
        target=end_in_pause, args=(drill.plan, signal.SIGSTOP))
    process.start()
    drill.undo.append(process.kill)
    drill.promise(await until(lambda: has_ended_in_pause(process), 60),
                  "a switchover was stopped in its pause")
    for pid in children(process.pid) + [process.pid]:
        os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(process.join)
    since = time.monotonic()
    await asyncio.to_thread(switchover.change, drill.plan)
    await drill.writes_again(since)
    await untagged(drill)


def replay_delay(plan, node, delay):
    """Lets a replica show each commit so much later; None for at once."""
    configure.write_patroni(plan, node, recovery=delay and {"recovery_min_apply_delay": delay})
    look.get("http://127.0.0.1:%d/reload" % plan.patroni_port(node), document={})


def reads(plan):
    """How many reads the user and the order service made since their processes began, by where
    and, of those at the primary, by why there."""
    counts = collections.Counter()
    for part in plan.service_parts("user") + plan.service_parts("order"):
        for line in look.get(part.url("/metrics"))[1].splitlines():
            found = re.match(r'souk_database_(?:primary_)?reads_total\{\w+="(\w+)"\} (\d+)', line)
            if found:
                counts[found[1]] += int(found[2])
    return counts


def tell_reads(drill, before):
    counts = reads(drill.plan)
    counts.subtract(before)
    might = counts["replica"] + counts["primary"] - counts["newest"]
    print("reads at the primary that might have been at a replica: %s" % ", ".join(
        "%d %s" % (counts[why], why) for why in ("behind", "out", "busy", "failed")))
    drill.promise(counts["replica"] > might / 2,
                  "of %d reads that might be at a replica %d were, %d %%; of all %d, %d %%" % (
                      might, counts["replica"], 100 * counts["replica"] / max(might, 1),
                      counts["replica"] + counts["primary"], 100 * counts["replica"] /
                      max(counts["replica"] + counts["primary"], 1)))


def make_accounts(plan, count):
    """(email, password) of each; staff, since nobody opens the link in a customer's mail."""
    emails = ["pairs%d@example.com" % number for number in range(count)]
    return [(email, plans.run([plan.path("souk"), "admin", email],
                              plan.service_environment("user", 0), "www-data").split()[-1])
            for email in emails]


async def kill_replica(drill, node):
    old = processes.postmaster_of(drill.plan, node)
    kill_postgres(drill.plan, node)
    await until(lambda: processes.postmaster_of(drill.plan, node) not in (0, old), 60)
    await replica_again(drill, node, time.monotonic())


async def replica(drill):
    """One lags by five seconds and by two, the two others are killed in turn."""
    plan, load = drill.plan, drill.load
    accounts = await asyncio.to_thread(make_accounts, plan, PAIR_ACCOUNTS)
    roles = {member["name"]: member["role"] for member in look.members(plan)}
    lagging = next(name for name, role in roles.items() if role == "replica")
    first, second = [name for name, role in roles.items() if role == "sync_standby"]
    before, end = reads(plan), time.monotonic() + PAIRS_S
    drill.undo.append(lambda: replay_delay(plan, lagging, None))
    load.add_pairs(accounts, PAIR_CARTS)
    for delay_s, killed, share in (5, first, 0.5), (2, second, 1):
        replay_delay(plan, lagging, "%ds" % delay_s)
        await asyncio.sleep(2 * delay_s)
        lag = look.sql(plan, "SELECT round(extract(epoch FROM now() -"
                       " pg_last_xact_replay_timestamp())::numeric, 1)",
                       plan.postgres_port(lagging))
        drill.promise(float(lag or 0) >= delay_s - 1, "%s shows what was %s s ago" % (lagging, lag))
        await kill_replica(drill, killed)
        while load.pairs_read < share * drill.options.pairs and time.monotonic() < end:
            await asyncio.sleep(0.5)
    replay_delay(plan, lagging, None)
    drill.promise(load.pairs_read >= drill.options.pairs,
                  "%d times a session read what it had written" % load.pairs_read)
    drill.promise(load.pairs_stale == 0, "%d of them saw something older" % load.pairs_stale)
    tell_reads(drill, before)


async def lose_quorum(drill):
    """Two of three; the one that leads is among them."""
    plan = drill.plan
    for name in plans.ETCDS[1:]:
        kill_part(drill, name)
    await asyncio.sleep(1)
    status, _ = await asyncio.to_thread(look.get, part_named(plan, plans.ETCDS[0]).url("/health"))
    drill.promise(status != 200, "etcd has no quorum")


async def find_quorum(drill):
    for name in plans.ETCDS:
        start_part(drill.plan, name)
    for name in plans.ETCDS:
        await well_again(drill, name)


async def etcd(drill):
    node = await primary_of(drill.plan)
    await lose_quorum(drill)
    await asyncio.sleep(ETCD_AWAY_S)
    drill.promise(await primary_of(drill.plan) == node,
                  "%s is the primary still, %d s after the quorum was lost" % (node, ETCD_AWAY_S))
    await find_quorum(drill)


async def etcd_node(drill):
    """Without a quorum and without a member the primary cannot know that it is alone."""
    plan = drill.plan
    replica = look.replicating(plan)[-1]
    await lose_quorum(drill)
    kill_part(drill, replica)
    drill.promise(await until(lambda: look.primary(plan) is None, 60),
                  "the primary steps down rather than be one of two")
    await asyncio.sleep(5)
    await find_quorum(drill)
    since = time.monotonic()
    start_part(plan, replica)
    await drill.writes_again(since)
    print("writes went on %.1f s after the quorum was back" % (time.monotonic() - since))
    await well_again(drill, replica)


async def pooler(drill, away_s=10):
    kill_part(drill, "pgbouncer")
    await asyncio.sleep(away_s)
    since = time.monotonic()
    start_part(drill.plan, "pgbouncer")
    await well_again(drill, "pgbouncer")
    await drill.writes_again(since)


# The shop's own processes.

async def service(drill, names=SERVICES):
    for name in names:
        part = "%s-%d" % (name, drill.load.rng.randint(1, plans.COPIES))
        kill_part(drill, part)
        await asyncio.sleep(1)
        start_part(drill.plan, part)
        await well_again(drill, part)
        await asyncio.sleep(1)


async def rolling(drill):
    for copy in range(plans.COPIES):
        for name in plans.SERVICES:
            part = drill.plan.service_parts(name)[copy]
            drill.undo.append(lambda at=part: processes.start(drill.plan, at))
            await asyncio.to_thread(processes.stop, drill.plan, [part.name])
            processes.start(drill.plan, part)
            await well_again(drill, part.name)
        await asyncio.sleep(NOTICED_S)


async def hang_in_transaction(drill):
    """As a process that is cut off in the middle of one may: with the stock of what all want in its
    hands. Returns psql, which waits for its next line."""
    plan = drill.plan
    url = "postgresql://souk_inventory:%s@127.0.0.1:%d/souk" % (plan.secrets["inventory"],
                                                                plan.pooler_part().port)
    hung = await asyncio.create_subprocess_exec(
        "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", url, env=dict(processes.clean_environment()),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL)
    drill.undo.append(lambda: hung.returncode is None and hung.kill())
    hung.stdin.write(b"BEGIN; SELECT sku FROM souk_inventory.stock WHERE sku = '%s' FOR UPDATE;\n"
                     % drill.load.sku("PLENTY").encode())
    await hung.stdin.drain()
    locked = await asyncio.wait_for(hung.stdout.readline(), 10)
    drill.promise(locked != b"", "somebody holds the stock of %s" % locked.decode().strip())
    return hung


async def cut_off(drill):
    for name in ("inventory", "product"):
        part = drill.plan.service_parts(name)[1]
        line = network.Network(drill.plan)
        drill.undo.append(line.remove)
        await asyncio.to_thread(processes.stop, drill.plan, [part.name])
        line.make(part.host)
        drill.undo.append(lambda at=part: restart_outside(drill.plan, at))
        processes.start(drill.plan, line.inside(part))
        await well_again(drill, part.name)
        await asyncio.sleep(NOTICED_S)
        print("%s is cut off for %d s" % (part.name, NETWORK_AWAY_S))
        line.cut()
        hung = await hang_in_transaction(drill) if name == "inventory" else None
        await asyncio.sleep(NETWORK_AWAY_S)
        line.mend()
        if hung is not None:
            await hung.communicate(b"COMMIT;\n")
            drill.promise(hung.returncode != 0, "its transaction was ended for it")
        await well_again(drill, part.name)
        await asyncio.sleep(NOTICED_S)
        await asyncio.to_thread(restart_outside, drill.plan, part)
        await asyncio.to_thread(line.remove)
        processes.start(drill.plan, part)
        await well_again(drill, part.name)
        await asyncio.sleep(NOTICED_S)


def restart_outside(plan, part):
    processes.stop(plan, [part.name])


# What they depend on.

async def memcached(drill, away_s=10):
    """One of two, then both."""
    for names in plans.MEMCACHEDS[:1], plans.MEMCACHEDS:
        for name in names:
            kill_part(drill, name)
        await asyncio.sleep(away_s)
        for name in names:
            start_part(drill.plan, name)
        for name in names:
            await well_again(drill, name)
    for address in drill.plan.addresses(plans.MEMCACHED, plans.MEMCACHEDS):
        await metric(drill, "product", 'souk_memcached_up{node="%s"} 1' % address, 60)


async def metric(drill, name, line, limit_s):
    """Waits for a line in the metrics of a service's first process."""
    url = drill.plan.service_parts(name)[0].url("/metrics")
    drill.promise(await until(lambda: line in look.get(url)[1].splitlines(), limit_s),
                  "%s-1 says: %s" % (name, line))


async def redis(drill, away_s=10):
    """A primary, whose replica takes its place, then all six."""
    for names in plans.REDISES[:1], plans.REDISES:
        for name in names:
            kill_part(drill, name)
        await asyncio.sleep(away_s)
        for name in names:
            start_part(drill.plan, name)
        for name in names:
            await well_again(drill, name)
    await metric(drill, "order", "souk_redis_slots 16384", 60)


def provider_rights(drill, change):
    said = look.sql_at_last(drill.plan, change + " souk_payment")
    drill.promise(said is not None, change.partition(" ")[0].lower() + " is done")


async def provider(drill, away_s=60):
    """The built-in provider's record is a table of its own. Without it, it answers nothing at all,
    as a remote one that is down."""
    drill.undo.append(lambda: provider_rights(drill, GRANT))
    provider_rights(drill, REVOKE)
    await asyncio.sleep(away_s)
    provider_rights(drill, GRANT)


GRANT = "GRANT SELECT, INSERT, UPDATE ON souk_payment.test_provider_charge TO"
REVOKE = "REVOKE SELECT, INSERT, UPDATE ON souk_payment.test_provider_charge FROM"


async def payment(drill, away_s=60):
    """Both processes of the payment service."""
    parts = drill.plan.service_parts("payment")
    for part in parts:
        kill_part(drill, part.name)
    await asyncio.sleep(away_s)
    for part in parts:
        processes.start(drill.plan, part)
    for part in parts:
        await well_again(drill, part.name)


async def medley(drill):
    """A little of the others, one after the other, for CI."""
    await service(drill, ["order", "product"])
    await memcached(drill, 2)
    await redis(drill, 3)
    await provider(drill, 4)
    await planned(drill)
    await primary(drill)


NAMES = {
    "medley": Fault(medley, 15, "services, caches, provider, switchover and primary in short",
                    patience_s=120),
    "calm": Fault(calm, 1, "nothing is broken, for comparison", strict=True),
    "primary": Fault(primary, 10, "kill -9 of every process of the primary PostgreSQL"),
    "primary-ahead": Fault(primary_ahead, 10, "the same, of one whose last moment no replica has"),
    "primary-node": Fault(primary_node, 30, "the same and its Patroni, for half a minute"),
    "primary-stop": Fault(primary_stop, 10, "the primary's Patroni told to end, and started again"),
    "switchover": Fault(planned, 3, "a planned change of the primary"),
    "switchover-killed": Fault(planned_killed, 15,
                               "one killed in its pause, one stopped, one with its undoing"),
    "replica": Fault(replica, 10, "a replica that lags by seconds, the others killed in turn",
                     shoppers=2, rest_s=0.4),
    "pooler": Fault(pooler, 15, "pgbouncer killed, for ten seconds"),
    "etcd": Fault(etcd, 3, "kill -9 of two of three etcd, longer than a lease"),
    "etcd-node": Fault(etcd_node, 90, "the same, and a replica with its Patroni"),
    "service": Fault(service, 3, "kill -9 of a process of each service in turn"),
    "rolling": Fault(rolling, 1, "every process of the services restarted one by one", strict=True),
    "network": Fault(cut_off, 10, "an inventory process cut off, then a product process"),
    "redis": Fault(redis, 2, "a Redis primary killed, then all six"),
    "memcached": Fault(memcached, 2, "one Memcached of two killed, then both"),
    "provider": Fault(provider, 3, "the payment provider down for a minute", patience_s=240),
    "payment": Fault(payment, 3, "both payment processes killed, for a minute", patience_s=240),
    "region": Fault(None, 60, "all of it lost, and a second region promoted; see region.py"),
}
