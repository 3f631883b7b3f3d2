#!/usr/bin/env python3
"""The cluster form beside the single form and beside PostgreSQL itself, in one run.

    bench/cluster.py BUILD_FOLDER [--seconds 5] [--shoppers 8]

Starts a stack (deploy/stack), and one after the other measures the single form on SQLite, the
single form on the stack's PostgreSQL (a database of its own, past the pooler), and the cluster form
through its gateway: catalogue reads and checkouts a second, and what a step takes when nobody else
is there. The last two differ by the hops alone: gateway, pooler, services. pgbench does what an
order writes, on the same primary with the same commit. What each process needs when idle comes
first.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "deploy", "stack"))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "faults"))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "cluster"))
import look  # noqa: E402
import plan as plans  # noqa: E402
import processes  # noqa: E402
import stack  # noqa: E402
from drills import free_block  # noqa: E402

# Not one order is to wait for its turn, or be refused.
SETTINGS = {"SOUK_CHECKOUT_QUEUE_MS": "600000", "SOUK_QUEUE_TARGET_MS": "10000",
            "SOUK_WRITES_A_MINUTE": "10000000", "SOUK_ACCESS_LOG": "1"}
# What an order leaves behind of rows: itself, a line, its history, a message, and less stock.
PGBENCH_TABLES = """
CREATE SCHEMA bench;
CREATE TABLE bench.orders (id UUID PRIMARY KEY, email TEXT, total BIGINT, state TEXT,
    at TIMESTAMPTZ);
CREATE TABLE bench.item (order_id UUID REFERENCES bench.orders, position INT, sku TEXT,
    price BIGINT, PRIMARY KEY (order_id, position));
CREATE TABLE bench.event (order_id UUID REFERENCES bench.orders, state TEXT, at TIMESTAMPTZ);
CREATE TABLE bench.outbox (id UUID PRIMARY KEY, payload TEXT);
CREATE TABLE bench.stock (sku INT PRIMARY KEY, on_hand BIGINT);
INSERT INTO bench.stock SELECT n, 1000000 FROM generate_series(1, 1000) n;
"""
PGBENCH = r"""
\set sku random(1, 1000)
SELECT gen_random_uuid() AS id \gset
BEGIN;
INSERT INTO bench.orders VALUES (:id, 'ann@bench.test', 1000, 'paid', now());
INSERT INTO bench.item VALUES (:id, 1, 'BENCH-1', 1000);
INSERT INTO bench.event VALUES (:id, 'paid', now());
INSERT INTO bench.outbox VALUES (gen_random_uuid(), repeat('x', 300));
UPDATE bench.stock SET on_hand = on_hand - 1 WHERE sku = :sku;
END;
"""


def output(*command, **more):
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, **more)
    if done.returncode != 0:
        sys.exit("bench: %s failed:\n%s" % (command[0], done.stdout[-1000:]))
    return done.stdout


# Memory.

def tree(pid):
    """A process and all that came of it."""
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
        return [pid] + [other for child in file.read().split() for other in tree(int(child))]


def memory(pids):
    """(resident, proportional) megabytes."""
    sums = {"Rss": 0, "Pss": 0}
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as file:
            for line in file:
                if line[:3] in sums and line[3] == ":":
                    sums[line[:3]] += int(line.split()[1])
    return sums["Rss"] / 1024, sums["Pss"] / 1024


def print_memory(plan):
    print("\nmemory when idle, MB           processes  resident  proportional")
    for part in plan.parts():
        pids = tree(processes.pid_of(plan, part.name))
        if part.name in plans.NODES:
            postgres = tree(processes.postmaster_of(plan, part.name))
            print("%-30s %9d %9.1f %13.1f" % ((part.name + " PostgreSQL", len(postgres)) +
                                              memory(postgres)))
            pids = [pid for pid in pids if pid not in postgres]
        print("%-30s %9d %9.1f %13.1f" % ((part.name, len(pids)) + memory(pids)))


# The single form.

class Single:
    """All services in one process."""

    def __init__(self, binary, folder, port, database):
        self.binary, self.port, self.process = binary, port, None
        os.makedirs(folder)
        self.environment = dict(
            os.environ, SOUK_DATA_DIR=folder, SOUK_LISTEN="127.0.0.1:%d" % port,
            SOUK_DATABASE_URL=database, SOUK_PUBLIC_URL="http://127.0.0.1:%d" % port, **SETTINGS)
        self.log = open(os.path.join(folder, "log"), "ab")

    def run(self, *words):
        subprocess.run([self.binary, *words], env=self.environment, check=True, stdout=self.log,
                       stderr=self.log)

    def __enter__(self):
        self.run("seed")
        self.run("import", "shopify", os.path.join(os.path.dirname(self.log.name), "..",
                                                   "bench.csv"), "--currency", "EUR")
        self.process = subprocess.Popen([self.binary, "serve"], env=self.environment,
                                        stdout=self.log, stderr=self.log)
        if not processes.wait_until(lambda: look.get("http://127.0.0.1:%d/readyz" % self.port)[0]
                                    == 200, 30):
            sys.exit("bench: the single form does not start: " + self.log.name)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


# Load.

def wrk(seconds, connections, url, *more):
    text = output("wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "--latency", *more, url)
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    median = re.search(r"50%\s+([\d.]+)(us|ms|s)", text)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return rate, float(median.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[median.group(2)], \
        int(failed.group(1)) if failed else 0


def shop(options, port, folder, shoppers):
    """{step: (a second, median ms)} and how many requests failed."""
    text = output(os.path.join(options.build, "bench", "bench-shop"), str(port), folder, "BENCH-1",
                  str(shoppers), str(options.seconds))
    steps = {name: (float(rate), float(median)) for name, rate, median in re.findall(
        r"^(new cart|add to cart|checkout)\s+(\d+)/s\s+p50\s+([\d.]+) ms", text, re.M)}
    return steps, int(re.search(r"(\d+) requests failed", text).group(1))


def measure(options, name, port, folder):
    base = "http://127.0.0.1:%d" % port
    page = wrk(options.seconds, 64, base + "/api/v1/products/bench")
    search = wrk(options.seconds, 16, base, "-s", os.path.join(HERE, "search.lua"))
    one = wrk(2, 1, base, "-s", os.path.join(HERE, "search.lua"))
    alone, _ = shop(options, port, folder, 1)
    many, failed = shop(options, port, folder, options.shoppers)
    print("%-28s %9.0f %9.0f %8.0f %8.0f  %9.2f %8.1f %8.1f %8.1f %7d" % (
        name, page[0], search[0], many["add to cart"][0], many["checkout"][0], one[1],
        alone["new cart"][1], alone["add to cart"][1], alone["checkout"][1],
        failed + page[2] + search[2]), flush=True)
    return many["checkout"][0]


def pgbench(options, plan, folder, level):
    """Transactions a second on the primary, with that synchronous_commit."""
    path = os.path.join(folder, "order.pgbench")
    with open(path, "w", encoding="ascii") as file:
        file.write(PGBENCH)
    text = output("pgbench", "-n", "-M", "prepared", "-c", str(options.shoppers), "-j", "1", "-T",
                  str(options.seconds), "-f", path,
                  plan.url("postgres", "superuser", plan.postgres_port(look.primary(plan))),
                  env=dict(os.environ, PGOPTIONS="-c synchronous_commit=" + level),
                  stderr=subprocess.STDOUT)
    return float(re.search(r"tps = ([\d.]+)", text).group(1))


def commits(plan):
    """Of the services together since they began: {level: how many}."""
    sums = {}
    for service in plans.SERVICES:
        for part in plan.service_parts(service):
            for level, count in re.findall(
                    r'^souk_database_commits_total\{level="(\w+)"\} (\d+)$',
                    look.get(part.url("/metrics"))[1], re.M):
                sums[level] = sums.get(level, 0) + int(count)
    return sums


def measure_all(options, plan, binary, folder):
    print_memory(plan)
    print("\nload of the machine before: %.1f" % os.getloadavg()[0])
    print("%-28s %9s %9s %8s %8s  %9s %8s %8s %8s %7s" % (
        "a second with %d shoppers |" % options.shoppers, "page", "search", "+cart", "checkout",
        "search ms", "cart ms", "+cart ms", "check ms", "failed"))
    with Single(binary, os.path.join(folder, "sqlite"), plan.port + 90, "") as single:
        measure(options, "single, SQLite", single.port, folder)
    look.sql(plan, "CREATE DATABASE bench TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
    url = plan.url("postgres", "superuser", plan.postgres_port(look.primary(plan)))
    with Single(binary, os.path.join(folder, "postgres"), plan.port + 91,
                url.rpartition("/")[0] + "/bench") as single:
        measure(options, "single, PostgreSQL", single.port, folder)
    before = commits(plan)
    checkouts = measure(options, "cluster", plan.port, folder)
    print("\ncommits of the services in all: %s" % ", ".join(
        "%d %s" % (count - before.get(level, 0), level)
        for level, count in sorted(commits(plan).items())))
    look.sql(plan, PGBENCH_TABLES)
    for level in ("on", "local"):
        rate = pgbench(options, plan, folder, level)
        print("pgbench, one transaction of an order's rows, synchronous_commit=%-5s %7.0f/s;"
              " checkouts of the cluster form are %.2f of it" % (level, rate, checkouts / rate))
    print("load of the machine after: %.1f" % os.getloadavg()[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--shoppers", type=int, default=8)
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    binary, above = os.path.join(options.build, "souk"), tempfile.mkdtemp(prefix="souk-bench.")
    os.chmod(above, 0o755)
    # www-data cannot be sure to read it where it stands.
    shutil.copyfile(os.path.join(HERE, "product.csv"), os.path.join(above, "bench.csv"))
    plan = plans.Plan(os.path.join(above, "stack"), free_block())
    plan.settings = SETTINGS
    try:
        stack.start(plan, binary)
        plans.run([binary, "import", "shopify", os.path.join(above, "bench.csv"), "--currency",
                   "EUR"], plan.service_environment("product", 0), "www-data")
        measure_all(options, plan, binary, above)
    finally:
        if os.path.exists(plan.folder):
            stack.stop(plan)
        shutil.rmtree(above)


main()
