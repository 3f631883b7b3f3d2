#!/usr/bin/env python3
"""Breaks a running stack (make stack) while shoppers buy, and says what they saw.

    tests/cluster/drill.py NAME [--folder /tmp/souk-stack] [--shoppers N] [--seed N] [--untimed]
                           [--pairs 100000] [--result FILE]
    tests/cluster/drill.py list

Promises: writes are back within the seconds that faults.py names for each; catalogue reads never
fail; no acknowledged order is lost, doubled, charged twice or sold beyond the stock; no answer is
500; the audit of each service finds nothing; what was broken is a part of the whole again. Exits
with 1 when one was broken. With --untimed seconds are told and not judged, for a busy machine.
"""
import argparse
import asyncio
import json
import os
import random
import signal
import sys
import time
import types

import shoppers
from load import SCARCE_STOCK, Load, longest_gap
from shop import import_products

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy",
                                "stack"))
import faults  # noqa: E402
import look  # noqa: E402
import network  # noqa: E402
import plan as plans  # noqa: E402
import stack  # noqa: E402

CALM_S, LIMIT_S, WELL_S = 4, 2400, 120
UNTIMED = 3  # so many times as long an order may wait for its payment then


class Drill:
    def __init__(self, plan, options):
        self.plan, self.options, self.fault = plan, options, faults.NAMES[options.name]
        self.load = Load(plan.port, "D%d" % int(time.time()), options.seed,
                         options.shoppers or self.fault.shoppers, self.fault.rest_s)
        self.broken, self.undo = [], []
        self.result = {"name": options.name, "verdict": "failed", "load": os.getloadavg()[0]}

    def promise(self, kept, sentence):
        print("%-7s %s" % ("kept" if kept else "BROKEN", sentence), flush=True)
        if not kept:
            self.broken.append(sentence)

    def promise_time(self, seconds, sentence):
        words = sentence % (seconds, self.fault.limit_s)
        if self.options.untimed:
            print("%-7s %s" % ("told", words))
        else:
            self.promise(seconds <= self.fault.limit_s, words)

    async def writes_again(self, since):
        await faults.until(lambda: self.load.written_since(since) > 20, 180)

    async def run(self):
        await self.load.start()
        try:
            await asyncio.sleep(CALM_S)
            broken_at = time.monotonic()
            await self.fault.run(self)
            self.undo.clear()  # it has mended all of it
            await asyncio.sleep(CALM_S)
        finally:
            ended_at = time.monotonic()
            await self.load.stop()
        self.report(broken_at, ended_at)
        await self.check_orders()

    def report(self, broken_at, ended_at):
        load = self.load
        load.describe()
        carts = longest_gap(load.cart_moments(), broken_at, ended_at)
        orders = longest_gap(load.order_moments(), broken_at, ended_at)
        self.result.update(carts_s=carts, orders_s=orders, requests=load.requests(),
                           failures=sum(load.failures.values()))
        self.promise_time(carts, "no cart was written for %.1f s (at most %d)")
        self.promise_time(orders, "no order was taken for %.1f s (at most %d)")
        for name, seen in load.reads():
            failed = sum(status != 200 for _, status, _ in seen)
            self.promise(failed == 0, "%d of %d %s failed" % (failed, len(seen), name))
        ours = sum(count for (status, _, _), count in load.failures.items() if status == 500)
        self.promise(ours == 0, "%d answers were 500" % ours)
        if self.fault.strict:
            failed = sum(load.failures.values())
            self.promise(failed == 0, "%d requests failed" % failed)

    async def check_orders(self):
        load = self.load
        count = await shoppers.check_orders(load.port, load.results, load.sku("SCARCE"),
                                            SCARCE_STOCK, self.fault.patience_s *
                                            (UNTIMED if self.options.untimed else 1))
        self.result["orders"] = count
        like = "email LIKE '%s-%%'" % load.run_id.lower()
        stored = look.sql_at_last(self.plan, "SELECT COUNT(*) || ' ' || COUNT(DISTINCT email)"
                          " FROM souk_order.orders WHERE state = 'paid' AND " + like)
        self.promise(stored == "%d %d" % (count, count),
                     "%d orders were acknowledged and paid; stored and distinct: %s"
                     % (count, stored))
        charged = look.sql_at_last(self.plan, "SELECT COUNT(*) FROM"
                                   " souk_payment.test_provider_charge c"
                                   " JOIN souk_payment.payment p ON p.idempotency_key::text ="
                                   " c.idempotency_key JOIN souk_order.orders o ON o.id ="
                                   " p.order_id"
                                   " WHERE c.state = 'captured' AND o." + like)
        self.promise(charged == str(count), "the provider charged %s of them" % charged)

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

    def tell_result(self, path):
        self.result.update(verdict="broken" if self.broken else "kept", broken=self.broken)
        if path is not None:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(self.result, file)

    def clean_up(self):
        """After an interruption: what the fault had broken is whole again, last things first."""
        while self.undo:
            try:
                self.undo.pop()()
            except (OSError, SystemExit) as failure:
                print("drill: not undone: %s" % failure)


def put_products(drill):
    """Of this drill alone, so that it may be repeated."""
    drill.plan.folder_for("www-data", "import")
    catalogue = types.SimpleNamespace(
        folder=drill.plan.path("import"),
        run=lambda *words: types.SimpleNamespace(returncode=0, stdout=plans.run(
            [drill.plan.path("souk"), *words], drill.plan.service_environment("product", 0))))
    import_products(catalogue, {drill.load.sku("PLENTY"): 1000000,
                                drill.load.sku("SCARCE"): SCARCE_STOCK})


def kind_of(name):
    if name != "region":
        return Drill
    import region  # pylint: disable=import-outside-toplevel; it builds on this file
    return region.RegionDrill


def interrupted(number, _):
    sys.exit("drill: ended by %s" % signal.Signals(number).name)


def run(options):
    plan = stack.find(options.folder)
    print("drill %s: %s; seed %d; load of the machine %.1f" % (
        options.name, faults.NAMES[options.name].words, options.seed, os.getloadavg()[0]))
    # Replicas may still replay what the drill before wrote.
    if not look.table(plan, WELL_S):
        sys.exit("drill: the stack is not healthy before it")
    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT):
        signal.signal(number, interrupted)
    signal.alarm(LIMIT_S)
    drill = kind_of(options.name)(plan, options)
    try:
        put_products(drill)
        asyncio.run(drill.run())
        drill.audit()
    finally:
        drill.clean_up()
    drill.tell_result(options.result)
    print("drill %s: %s" % (options.name, "every promise kept" if not drill.broken else
                            "%d promises broken" % len(drill.broken)))
    sys.exit(1 if drill.broken else 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=["list"] + list(faults.NAMES))
    parser.add_argument("--folder", default="/tmp/souk-stack")
    parser.add_argument("--shoppers", type=int, help="otherwise what faults.py says")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--untimed", action="store_true")
    parser.add_argument("--pairs", type=int, default=100000, help="of the drill replica")
    parser.add_argument("--result", help="for drills.py")
    options = parser.parse_args()
    if options.name == "list":
        for name, fault in faults.NAMES.items():
            print("%-17s %s" % (name, fault.words))
    elif options.name == "network" and network.possible():
        print("drill network: skipped, %s" % network.possible())
    else:
        run(options)


if __name__ == "__main__":
    main()
