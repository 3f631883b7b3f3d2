#!/usr/bin/env python3
"""Breaks a running stack (make stack) while shoppers buy, and says what they saw.

    tests/cluster/drill.py NAME [--folder /tmp/souk-stack] [--shoppers 16] [--seed N]

NAME: primary       kill -9 of every process of the primary PostgreSQL
      primary-node  the same, its Patroni first, which is started again half a minute later
      switchover    a planned change of the primary
      service       kill -9 of a process of each service in turn, started again after a second

Promises: the PROMISES below; catalogue reads never fail; no acknowledged order is lost, doubled or
sold beyond the stock; no answer is 500; the audit of each service finds nothing; the old primary is
a replica again by itself. Exits with 1 when one was broken.
"""
import argparse
import asyncio
import collections
import json
import os
import random
import signal
import sys
import time
import types
import urllib.request

import shoppers
from shop import Client, import_products

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy",
                                "stack"))
import look
import plan as plans
import processes
import stack

# Seconds without an acknowledged write, at most.
PROMISES = {"primary": 10, "primary-node": 30, "switchover": 3, "service": 3}
SCARCE_STOCK, CALM_S, NODE_AWAY_S, LIMIT_S = 60, 4, 30, 500


class Drill:
    def __init__(self, plan, options):
        self.plan, self.options = plan, options
        self.port, self.run_id = plan.port, "D%d" % int(time.time())
        self.rng = random.Random(options.seed)
        self.results, self.carts, self.lists, self.pages = {}, [], [], []
        self.done = asyncio.Event()
        self.broken_at, self.broken = 0.0, []

    def sku(self, kind):
        return "%s-%s" % (self.run_id, kind)

    def promise(self, kept, sentence):
        print("%-7s %s" % ("kept" if kept else "BROKEN", sentence))
        if not kept:
            self.broken.append(sentence)

    # Load.

    async def shopper(self, number):
        count = 0
        while not self.done.is_set():
            count += 1
            sku = self.sku("SCARCE" if self.rng.random() < 0.1 else "PLENTY")
            await shoppers.shop_once(self.port, "%s-s%d-%d" % (self.run_id.lower(), number, count),
                                     sku, time.monotonic() + 120, self.results)

    async def probe(self, seen, ask_next, pause_s):
        """Asks all the time; seen gets (moment of the end, status, seconds)."""
        client = Client(self.port)
        while not self.done.is_set():
            began = time.monotonic()
            status, _ = await client.ask(*ask_next())
            seen.append((time.monotonic(), status, time.monotonic() - began))
            await asyncio.sleep(pause_s)
        client.close()

    def next_cart(self):
        key = "%s-probe-%d" % (self.run_id, self.rng.getrandbits(60))
        return "POST", "/api/v1/carts", {"currency": "EUR"}, [("Idempotency-Key", key)]

    def next_list(self):
        return "GET", "/api/v1/products?limit=2&price_min=%d" % self.rng.randrange(2000)

    async def handles(self):
        _, document = await Client(self.port).ask("GET", "/api/v1/products?limit=10")
        return [product["handle"] for product in document["items"]]

    async def load(self):
        handles = await self.handles()

        def next_page():
            return "GET", "/api/v1/products/" + self.rng.choice(handles)

        return [asyncio.create_task(work) for work in
                [self.shopper(number) for number in range(self.options.shoppers)] +
                [self.probe(self.carts, self.next_cart, 0.05) for _ in range(4)] +
                [self.probe(self.lists, self.next_list, 0.02) for _ in range(2)] +
                [self.probe(self.pages, next_page, 0.02) for _ in range(2)]]

    # Faults. Each returns the node that must be a replica in the end, or None.

    async def fault_primary(self):
        node = look.primary(self.plan)
        kill_postgres(self.plan, node)
        return node

    async def fault_primary_node(self):
        node = look.primary(self.plan)
        processes.kill(processes.pid_of(self.plan, node))
        kill_postgres(self.plan, node)
        await asyncio.sleep(NODE_AWAY_S)
        self.start_part(node)
        return node

    async def fault_switchover(self):
        node = look.primary(self.plan)
        candidate = next(member["name"] for member in look.members(self.plan)
                         if member["role"] == "sync_standby")
        request = urllib.request.Request(
            "http://127.0.0.1:%d/switchover" % self.plan.patroni_port(node), method="POST",
            data=json.dumps({"leader": node, "candidate": candidate}).encode())
        answer = await asyncio.to_thread(urllib.request.urlopen, request, timeout=60)
        print("Patroni: " + answer.read().decode())
        return node

    async def fault_service(self):
        for service in shoppers.SERVICES:
            name = "%s-%d" % (service, self.rng.randint(1, plans.COPIES))
            processes.kill(processes.pid_of(self.plan, name))
            await asyncio.sleep(1)
            self.start_part(name)
            await asyncio.sleep(2)

    def start_part(self, name):
        processes.start(self.plan,
                        next(part for part in self.plan.parts() if part.name == name))

    # The course of it.

    async def run(self):
        tasks = await self.load()
        await asyncio.sleep(CALM_S)
        self.broken_at = time.monotonic()
        node = await getattr(self, "fault_" + self.options.name.replace("-", "_"))()
        while not self.writes_since(self.broken_at) and time.monotonic() < self.broken_at + 90:
            await asyncio.sleep(0.1)
        back = await self.replica_again(node) if node else None
        await asyncio.sleep(CALM_S)
        self.done.set()
        await asyncio.gather(*tasks)
        self.report(node, back)
        await self.check_orders()

    def writes_since(self, moment):
        """Some that went on before may be answered after it, so not the first counts."""
        return len([1 for at, status, _ in self.carts if status == 201 and at > moment + 1]) > 20

    async def replica_again(self, node):
        """Seconds after the fault."""
        while time.monotonic() < self.broken_at + 120:
            if node in await asyncio.to_thread(look.replicating, self.plan):
                return time.monotonic() - self.broken_at
            await asyncio.sleep(0.3)
        return None

    def gap(self, moments):
        """The longest time without a success from the fault on."""
        later = [self.broken_at] + sorted(at for at in moments if at > self.broken_at)
        return max((b - a for a, b in zip(later, later[1:])), default=float("inf"))

    def report(self, node, back):
        for name, seen in (("cart writes", self.carts), ("lists", self.lists),
                           ("product pages", self.pages)):
            counts = collections.Counter(status for _, status, _ in seen)
            print("%-13s %s; slowest %.1f s" % (
                name, ", ".join("%d x %s" % (count, status or "no answer")
                                for status, count in sorted(counts.items())),
                max(seconds for _, _, seconds in seen)))
        carts = self.gap([at for at, status, _ in self.carts if status == 201])
        orders = self.gap([ended for _, status, _, _, ended in self.results.values()
                           if status == 201])
        slowest = max(seconds for _, _, _, seconds, _ in self.results.values())
        print("slowest checkout %.1f s, its repeats included" % slowest)
        limit = PROMISES[self.options.name]
        self.promise(carts <= limit, "no cart was written for %.1f s (at most %d)" % (carts, limit))
        self.promise(orders <= limit,
                     "no order was taken for %.1f s (at most %d)" % (orders, limit))
        self.promise_reads()
        if node:
            self.promise(back is not None, "%s is a replica again by itself%s" % (
                node, "" if back is None else " after %.1f s" % back))

    def promise_reads(self):
        for name, seen in (("lists", self.lists), ("product pages", self.pages)):
            failed = sum(status != 200 for _, status, _ in seen)
            self.promise(failed == 0, "%d of %d %s failed" % (failed, len(seen), name))
        ours = sum(status >= 500 and status not in (502, 503, 504)
                   for seen in (self.carts, self.lists, self.pages) for _, status, _ in seen)
        self.promise(ours == 0, "%d answers were 500" % ours)

    async def check_orders(self):
        count = await shoppers.check_orders(self.port, self.results, self.sku("SCARCE"),
                                            SCARCE_STOCK)
        stored = look.sql(self.plan, "SELECT COUNT(*) || ' ' || COUNT(DISTINCT email)"
                          " FROM souk_order.orders WHERE state = 'paid' AND email LIKE '%s-%%'"
                          % self.run_id.lower())
        self.promise(stored == "%d %d" % (count, count),
                     "%d orders were acknowledged; stored and distinct: %s" % (count, stored))

    def audit(self):
        for service in plans.SERVICES:
            try:
                said = plans.run([self.plan.path("souk"), "audit"],
                                 self.plan.service_environment(service, 0), "www-data")
            except SystemExit as failure:
                said = str(failure)
                self.promise(False, "the audit of %s: %s" % (service, said))
                continue
            self.promise(True, "the audit of %s: %s" % (service, said.strip().splitlines()[-1]))


def kill_postgres(plan, node):
    """The first process and its children at once, as when the kernel kills them."""
    pid = processes.postmaster_of(plan, node)
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
        children = [int(word) for word in file.read().split()]
    for victim in [pid] + children:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass


def put_products(drill):
    """Of this drill alone, so that it may be repeated."""
    drill.plan.folder_for("www-data", "import")
    catalogue = types.SimpleNamespace(
        folder=drill.plan.path("import"),
        run=lambda *words: types.SimpleNamespace(returncode=0, stdout=plans.run(
            [drill.plan.path("souk"), *words], drill.plan.service_environment("product", 0))))
    import_products(catalogue, {drill.sku("PLENTY"): 1000000, drill.sku("SCARCE"): SCARCE_STOCK})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=sorted(PROMISES))
    parser.add_argument("--folder", default="/tmp/souk-stack")
    parser.add_argument("--shoppers", type=int, default=16)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    plan = stack.find(options.folder)
    print("drill %s: seed %d" % (options.name, options.seed))
    if not look.table(plan):
        sys.exit("drill: the stack is not healthy before it")
    signal.alarm(LIMIT_S)
    drill = Drill(plan, options)
    put_products(drill)
    asyncio.run(drill.run())
    drill.audit()
    print("drill %s: %s" % (options.name, "every promise kept" if not drill.broken else
                            "%d promises broken" % len(drill.broken)))
    sys.exit(1 if drill.broken else 0)


main()
