#!/usr/bin/python3
"""What each container of `production`, and the one of `single`, uses at rest and under shoppers.

    tests/kube/measure.py [--seconds 60] [--shoppers 8] [--variants 20000] [--write]

Starts what kube_play.py starts, from the very manifests, with a catalogue of so many variants, lets
it rest, then lets shoppers browse, search, log in and buy, then runs the jobs. What is told is what
a kubelet would count: processor time, and the working set (what is used without pages of files that
nobody touched lately), both of the container's control group. --write puts the figures into
deploy/checks/use.yaml, which kube-check holds requests and limits against (checks/kube/use.py).
"""
import argparse
import glob
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import containers  # noqa: E402
import kube_play  # noqa: E402
import overlays  # noqa: E402
import production_act  # noqa: E402
import single_act  # noqa: E402
from shopper import Shop  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "..", ".."))
USE = os.path.join(ROOT, "deploy/checks/use.yaml")
MARK = "# Below: measured, written by tests/kube/measure.py.\n"
GROUPS = "/sys/fs/cgroup"
REST_S, SETTLE_S, PAUSE_S = 20, 10, 0.04
SEARCHING, LOGGING_IN = 2, 3
# Seconds from the beginning of one visit to the next: all forms get the same, if they manage.
BUYING_S, SEARCH_S, LOG_IN_S = 0.5, 0.05, 0.5
SKU = "BENCH-1"  # of bench/product.csv
WORDS = ("lamp", "blue", "coffee", "cable", "phone case", "wool", "charger", "mug", "garden", "tea")
JOBS = ("cache-warming", "cleanup-partitions", "report-audit", "report-sales")
BACKUPS = ("backup-full", "backup-diff", "verify-backup", "restore-test")


# What the kernel counts.

def number_in(path, word=None):
    with open(path, encoding="ascii") as file:
        for line in file:
            *name, value = line.split()
            if word is None or name == [word]:
                return int(value)
    raise OSError(path)


def read_group(folder):
    """(nanoseconds of processors, bytes, those of them that are shared memory) of a container;
    `folder` is where its memory is counted. Control groups of both versions."""
    if os.path.exists(folder + "/memory.current"):
        used, total = folder + "/memory.current", ""
        spent = 1000 * number_in(folder + "/cpu.stat", "usage_usec")
    else:
        used, total = folder + "/memory.usage_in_bytes", "total_"
        spent = number_in(folder.replace("/memory/", "/cpuacct/", 1) + "/cpuacct.usage")
    idle, shared = (number_in(folder + "/memory.stat", total + word)
                    for word in ("inactive_file", "shmem"))
    return spent, max(0, number_in(used) - idle), shared


class Sampler(threading.Thread):
    """Looks at every container of podman's until it is told to end."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen, self.done = {}, threading.Event()  # id: [(moment, *read_group)]

    def run(self):
        counted = "/memory" if os.path.isdir(GROUPS + "/memory") else ""
        while not self.done.wait(PAUSE_S):
            for folder in glob.glob("%s%s/**/libpod-*" % (GROUPS, counted), recursive=True):
                try:
                    row = (time.monotonic(), *read_group(folder))
                except OSError:
                    continue  # it has ended
                name = os.path.basename(folder).removeprefix("libpod-").removesuffix(".scope")
                self.seen.setdefault(name, []).append(row)


class Window:
    """A while of the run, and what a container used meanwhile."""

    def __init__(self, seconds):
        self.begin = time.monotonic()
        time.sleep(seconds)
        self.end = time.monotonic()

    def of(self, rows):
        """(millicores, bytes); None of one that was not there all the time."""
        rows = [row for row in rows if self.begin <= row[0] <= self.end]
        if not rows or rows[-1][0] - rows[0][0] < 0.8 * (self.end - self.begin):
            return None
        spent = (rows[-1][1] - rows[0][1]) / 1e6 / (rows[-1][0] - rows[0][0])
        return spent, statistics.median(row[2] for row in rows)


# Who comes.

class Visitor(Shop):
    """One who has an address of his own, as the ingress tells it."""

    def __init__(self, door, rng):
        super().__init__(*door)
        self.rng, self.asked, self.refused = rng, 0, 0

    def ask(self, method, path, body=None, headers=None):
        address = "198.18.%d.%d" % (self.rng.randrange(256), self.rng.randrange(1, 255))
        found = super().ask(method, path, body, dict(headers or {}, **{"X-Forwarded-For": address}))
        self.asked, self.refused = self.asked + 1, self.refused + (found[0] >= 400)
        return found


class Crowd:
    def __init__(self, door, shoppers, accounts):
        """door: what Shop is made with."""
        self.done, self.orders, self.failed = threading.Event(), 0, 0
        count = shoppers + SEARCHING + LOGGING_IN
        self.visitors = [Visitor(door, random.Random(number)) for number in range(count)]
        works = [(self.buy, BUYING_S)] * shoppers + [(self.search, SEARCH_S)] * SEARCHING
        works += [(self.log_in(accounts), LOG_IN_S)] * LOGGING_IN
        self.threads = [threading.Thread(target=self.repeat, args=(*work, visitor), daemon=True)
                        for work, visitor in zip(works, self.visitors)]

    def repeat(self, work, every_s, visitor):
        while not self.done.is_set():
            began = time.monotonic()
            try:
                work(visitor)
            except (AssertionError, OSError):
                self.failed += 1
            time.sleep(max(0, began + every_s - time.monotonic()))

    def buy(self, visitor):
        price = visitor.rng.randrange(2000)
        visitor.get("/")
        visitor.get("/api/v1/products?limit=20&price_min=%d" % price)
        visitor.get("/products/bench?visit=%d" % visitor.rng.getrandbits(40))
        visitor.order(SKU, "m%x" % visitor.rng.getrandbits(60))
        self.orders += 1

    @staticmethod
    def search(visitor):
        visitor.get("/api/v1/products?limit=12&q=%s&price_max=%d" % (
            visitor.rng.choice(WORDS).replace(" ", "+"), 100000 + visitor.rng.randrange(900000)))

    @staticmethod
    def log_in(accounts):
        return lambda visitor: visitor.staff(*visitor.rng.choice(accounts))

    def run(self, seconds):
        """The last part of it; what is loaded at first is not what is used."""
        for thread in self.threads:
            thread.start()
        time.sleep(SETTLE_S)
        began, orders = time.monotonic(), self.orders
        asked = sum(visitor.asked for visitor in self.visitors)
        window = Window(seconds)
        took = time.monotonic() - began
        asked = sum(visitor.asked for visitor in self.visitors) - asked
        words = "%.0f requests and %.1f orders a second" % (
            asked / took, (self.orders - orders) / took)
        self.done.set()
        for thread in self.threads:
            thread.join(30)
        return window, words


# The run.

def fill(options, folder, container):
    """A catalogue, imported where a catalogue is; what is bought is in stock for ever."""
    path = os.path.join(folder, "catalogue.csv")
    with open(path, "w", encoding="utf-8") as out:
        subprocess.run([os.path.join(ROOT, "tools/make-catalogue.py"), str(options.variants)],
                       stdout=out, check=True)
    for file in (path, os.path.join(ROOT, "bench/product.csv")):
        with open(file, encoding="utf-8") as text:
            containers.run("exec", "--interactive", container, "souk", "import", "shopify",
                           "/dev/stdin", "--currency", "EUR", text=text.read(), timeout=600)


def admins(container, count=4):
    emails = ["m%d@example.com" % number for number in range(count)]
    return [(email, containers.out("exec", container, "souk", "admin", email).split()[-1])
            for email in emails]


def look(verdict, options, door, accounts):
    """(the rest, the load, what the load was)."""
    time.sleep(SETTLE_S)
    rest = Window(REST_S)
    crowd = Crowd(door, options.shoppers, accounts)
    load, words = crowd.run(options.seconds)
    verdict.hold("shoppers could buy", crowd.orders > options.seconds and
                 crowd.failed < crowd.orders / 100, "%d orders, %d failed" % (
                     crowd.orders, crowd.failed))
    return rest, load, words


def production(verdict, options, folder, subnet):
    """({container: "workload/container"}, rest, load, words)."""
    platform = production_act.Platform(folder, containers.PREFIX + "net", subnet)
    production_act.start_data(verdict, platform)
    production_act.start_shop(verdict, platform)
    verdict.tried("a catalogue of %d variants is imported" % options.variants,
                  lambda: fill(options, folder, containers.PREFIX + "product-service-souk"))
    seen = look(verdict, options, (platform.cluster.addresses["frontend"], 8080,
                                   "shop.example.com"),
                admins(containers.PREFIX + "user-service-souk"))
    more = [(name, {}) for name in JOBS] + [(name, platform.repository()) for name in BACKUPS]
    # As the members: Patroni is told of etcd, and prefers that to Kubernetes' API.
    more.append(("switchover", {"environment": {"PATRONI_ETCD3_HOST": platform.etcd + ":2379"}}))
    for name, with_what in more:
        verdict.tried("the CronJob %s runs" % name,
                      lambda at=name, so=with_what: platform.job("CronJob", at, **so))
    pods = [(pod.name, pod.template) for pod in platform.running.values()]
    pods += [(pod.name + "-1", pod) for pod in platform.cluster.world.pods() if not pod.stays]
    return {"%s%s-%s" % (containers.PREFIX, name, container["name"]):
            "%s/%s" % (template.name, container["name"])
            for name, template in pods for container in template.all_containers}, *seen


def single(verdict, options, folder, subnet):
    port, running = overlays.free_ports(1)[0], "%s%s-souk" % (containers.PREFIX, single_act.POD)
    world = overlays.world("single")
    container = world.find("Deployment", "shop")["spec"]["template"]["spec"]["containers"][0]
    # Each shopper is to have a limit of his own, as the ingress in front would see to.
    container["env"].append({"name": "SOUK_TRUSTED_PROXIES", "value": "10.0.0.0/8"})
    single_act.start(world, folder, containers.PREFIX + "net", port)
    container = overlays.world("single").find("Deployment", "shop")[
        "spec"]["template"]["spec"]["containers"][0]
    verdict.hold("the single form is ready", single_act.ready(container, port))
    verdict.tried("and filled", lambda: fill(options, folder, running))
    seen = look(verdict, options, ("127.0.0.1", port, "localhost:30080"), admins(running))
    single_act.back_up(verdict, folder, containers.PREFIX + "net", subnet)
    return {running: "shop/souk", containers.PREFIX + "backup-1-backup": "backup/backup"}, *seen


def run(verdict, options, folder, form):
    """({"workload/container": [figures of each Pod]}, words)."""
    folder = os.path.join(folder, form.__name__)
    os.makedirs(folder)
    sampler = Sampler()
    sampler.start()
    names, rest, load, words = form(verdict, options, folder, kube_play.make_network())
    sampler.done.set()
    sampler.join()
    listed = containers.out("ps", "--all", "--no-trunc", "--format", "{{.Names}} {{.ID}}")
    containers.remove_all()
    found = {}
    for name, group in (line.split() for line in listed.splitlines()):
        rows = sampler.seen.get(group, [])
        if name in names and rows:
            found.setdefault(names[name], []).append(one(rows, rest, load))
    return found, words


def one(rows, rest, load):
    most = max(rows, key=lambda row: row[2])
    found = {"peak": most[2]}
    if most[3] > 2**20:
        found["shared"] = most[3]
    still, busy = rest.of(rows), load.of(rows)
    if still is None or busy is None:  # it is run to its end
        seconds = max(rows[-1][0] - rows[0][0], PAUSE_S)
        return {"seconds": seconds, "cpu": (rows[-1][1] / 1e6) / seconds, **found}
    return {"idle_cpu": still[0], "idle": still[1], "cpu": busy[0], "memory": busy[1], **found}


def told(name, pods):
    """A row of use.yaml: the worst of a workload's Pods, and where they differ, of each."""
    most = max(pods, key=lambda pod: pod["peak"])  # what it shares is a part of this one's
    worst = {what: most[what] if what == "shared" else max(pod[what] for pod in pods)
             for what in most}
    shown = {what: value / 2**20 if what in ("idle", "memory", "peak", "shared") else value
             for what, value in worst.items()}
    row = "%s: {%s}" % (name, ", ".join(
        "%s: %s" % (what, "%.1f" % value if what == "seconds" else "%.0f" % value)
        for what, value in shown.items()))
    if len(pods) > 1 and "idle" in worst:
        row += " # each: cpu %s; peak %s" % tuple(
            ", ".join("%.0f" % (pod[what] / scale) for pod in pods)
            for what, scale in (("cpu", 1), ("peak", 2**20)))
    return row


def write(rows):
    with open(USE, encoding="utf-8") as file:
        kept = file.read().partition(MARK)[0]
    with open(USE, "w", encoding="utf-8") as file:
        file.write(kept + MARK + rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--shoppers", type=int, default=8)
    parser.add_argument("--variants", type=int, default=20000)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("measure: as root, as kube_play.py")
    folder = tempfile.mkdtemp(prefix="souk-measure.", dir="/var/tmp")
    os.chmod(folder, 0o755)
    containers.configure(folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    verdict, busy, found, words = kube_play.Verdict(), os.getloadavg()[0], {}, []
    try:
        containers.remove_all()
        kube_play.build_others()
        for form in (single, production):
            more, said = run(verdict, options, folder, form)
            found.update(more)
            words.append((form.__name__, said))
    finally:
        containers.remove_all()
        shutil.rmtree(folder, ignore_errors=True)
    text = "load: |\n%s  by %d who buy, %d who search, %d who log in; %d variants;\n" \
        "  on %d processors for all, where the load was %.1f before\nmeasured:\n" % (
            "".join("  %s: %s;\n" % row for row in words), options.shoppers, SEARCHING,
            LOGGING_IN, options.variants, os.cpu_count(), busy)
    text += "".join("  %s\n" % told(name, pods) for name, pods in sorted(found.items()))
    print(text)
    if options.write and not verdict.failed:
        write(text)
    return verdict.failed > 0


if __name__ == "__main__":
    sys.exit(main())
