#!/usr/bin/env python3
"""Kills each service of a shop in turn while shoppers check out through the gateway.

    tools/with-cluster.sh SOUK tests/cluster/kill_services.py SOUK [--shoppers 100] [--away 1.0]

Each service is killed with SIGKILL, parent and worker, at a random moment, and started again after
a while. Shoppers repeat what got no answer with the same idempotency key, and take "accepted, to be
paid" for an answer. In the end every acknowledged order is there once and paid, no stock is sold
twice, and the audit of each service finds nothing.
"""
import argparse
import asyncio
import os
import random
import signal
import subprocess
import time
import types

import shoppers
from shoppers import SERVICES
from shop import Client, fail, import_products

PLENTY, SCARCE, SCARCE_STOCK = "CLUSTER-PLENTY", "CLUSTER-SCARCE", 40
LIMIT_S = 1200
PATIENCE_S = 180  # until what was accepted is paid, on a machine that tests other things besides
FOLDER = os.environ["SOUK_CLUSTER"]
PORT = int(os.environ["SOUK_URL"].rsplit(":", 1)[1])


def of_service(binary, service, *words):
    environment = dict(os.environ, SOUK_SERVICES=service,
                       SOUK_DATA_DIR=os.path.join(FOLDER, service))
    return subprocess.run([binary, *words], env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600)


def kill_service(service):
    with open(os.path.join(FOLDER, service + ".pid"), encoding="ascii") as file:
        os.kill(int(file.read()), signal.SIGKILL)


def start_service(service):
    subprocess.run([os.environ["SOUK_CLUSTER_START"], service], check=True)


async def browse(reads, done):
    """Somebody who looks at lists and a product all the time, past the gateway's cache."""
    client, number = Client(PORT), 0
    while not done.is_set():
        number += 1
        path = ("/api/v1/products?limit=2&price_min=%d" if number % 2 else
                "/products/%s?number=%%d" % PLENTY.lower()) % number
        status, _ = await client.ask("GET", path)
        reads.append(status)
        await asyncio.sleep(0.02)
    client.close()


async def round_of(service, number, options, rng, results):
    names = ["r%d-s%d" % (number, i) for i in range(options.shoppers)]
    deadline = time.monotonic() + 120
    tasks = [asyncio.create_task(shoppers.shop_once(
        PORT, name, SCARCE if rng.random() < 0.2 else PLENTY, deadline, results)) for name in names]
    wanted = len(results) + rng.uniform(0.05, 0.6) * options.shoppers
    while len(results) < wanted:
        await asyncio.sleep(0.005)
    kill_service(service)
    reads, done = [], asyncio.Event()
    reader = asyncio.create_task(browse(reads, done))
    await asyncio.sleep(options.away)
    start_service(service)
    await asyncio.gather(*tasks)
    done.set()
    await reader
    slowest = max(results[name][3] for name in names)
    failed = sum(1 for status in reads if status != 200)
    print("%-12s killed: %d of %d pages failed, slowest checkout %.1f s"
          % (service, failed, len(reads), slowest))
    if failed and service != "product":
        fail("browsing needs the %s service" % service)


async def run(options):
    rng, results = random.Random(options.seed), {}
    for number, service in enumerate(SERVICES):
        await round_of(service, number, options, rng, results)
    await shoppers.check_orders(PORT, results, SCARCE, SCARCE_STOCK, PATIENCE_S)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--shoppers", type=int, default=100)
    parser.add_argument("--away", type=float, default=1.0, help="seconds")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print("kill_services: seed %d" % options.seed)
    signal.alarm(LIMIT_S)
    catalogue = types.SimpleNamespace(
        folder=FOLDER, run=lambda *words: of_service(options.binary, "product", *words))
    import_products(catalogue, {PLENTY: len(SERVICES) * options.shoppers, SCARCE: SCARCE_STOCK})
    asyncio.run(run(options))
    for service in SERVICES:
        audit = of_service(options.binary, service, "audit")
        if audit.returncode != 0:
            fail("the audit of %s found something:\n%s" % (service, audit.stdout))
    print("1 passed, 0 failed")


main()
