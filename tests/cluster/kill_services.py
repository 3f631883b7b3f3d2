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
import sys
import time
import types

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "faults"))
from shop import Client, fail, import_products, order_of, until_answered  # noqa: E402

SERVICES = ["user", "product", "order", "payment", "inventory", "notification"]
PLENTY, SCARCE, SCARCE_STOCK = "CLUSTER-PLENTY", "CLUSTER-SCARCE", 40
LIMIT_S = 600
FOLDER = os.environ["SOUK_CLUSTER"]
PORT = int(os.environ["SOUK_URL"].rsplit(":", 1)[1])


def of_service(binary, service, *words):
    environment = dict(os.environ, SOUK_SERVICES=service,
                       SOUK_DATA_DIR=os.path.join(FOLDER, service))
    return subprocess.run([binary, *words], env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120)


def kill_service(service):
    with open(os.path.join(FOLDER, service + ".pid"), encoding="ascii") as file:
        os.kill(int(file.read()), signal.SIGKILL)


def start_service(service):
    subprocess.run([os.environ["SOUK_CLUSTER_START"], service], check=True)


async def shop_once(name, sku, deadline, results):
    client = Client(PORT)
    started = time.monotonic()
    status, document = await until_answered(client, deadline, "POST", "/api/v1/carts",
                                            {"currency": "EUR"},
                                            [("Idempotency-Key", name + "-cart")])
    cart = document["id"] if status == 201 else None
    if cart:
        status, document = await until_answered(
            client, deadline, "POST", "/api/v1/carts/%s/items" % cart,
            {"sku": sku, "quantity": 1}, [("Idempotency-Key", name + "-item")])
    if status == 201:
        status, document = await until_answered(
            client, deadline, "POST", "/api/v1/orders", order_of(cart, name),
            [("Idempotency-Key", name + "-order")])
    results[name] = (sku, status, document, time.monotonic() - started)
    client.close()


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
    shoppers = [asyncio.create_task(shop_once(name, SCARCE if rng.random() < 0.2 else PLENTY,
                                              deadline, results)) for name in names]
    wanted = len(results) + rng.uniform(0.05, 0.6) * options.shoppers
    while len(results) < wanted:
        await asyncio.sleep(0.005)
    kill_service(service)
    reads, done = [], asyncio.Event()
    reader = asyncio.create_task(browse(reads, done))
    await asyncio.sleep(options.away)
    start_service(service)
    await asyncio.gather(*shoppers)
    done.set()
    await reader
    slowest = max(results[name][3] for name in names)
    failed = sum(1 for status in reads if status != 200)
    print("%-12s killed: %d of %d pages failed, slowest checkout %.1f s"
          % (service, failed, len(reads), slowest))
    if failed and service != "product":
        fail("browsing needs the %s service" % service)


async def paid(client, order):
    """Orders that were accepted while the payments were away are paid within a minute."""
    for _ in range(120):
        status, document = await client.ask("GET", "/api/v1/orders/%s?token=%s"
                                            % (order["id"], order["access_token"]))
        if status == 200 and document["state"] == "paid":
            return True
        await asyncio.sleep(0.5)
    return False


async def check_orders(results):
    client, ids, sold, waited = Client(PORT), set(), {PLENTY: 0, SCARCE: 0}, 0
    for name, (sku, status, document, _) in sorted(results.items()):
        if status == 409 and sku == SCARCE and document["code"] == "out_of_stock":
            continue
        if status not in (201, 202):
            fail("%s ended with %s %s" % (name, status, document))
        if document["id"] in ids:
            fail("the order %s was given to two shoppers" % document["id"])
        ids.add(document["id"])
        sold[sku] += 1
        waited += status == 202
        if not await paid(client, document):
            fail("the acknowledged order of %s is not paid" % name)
    client.close()
    print("%d orders acknowledged, %d of them paid afterwards, %d of %d scarce pieces sold"
          % (len(ids), waited, sold[SCARCE], SCARCE_STOCK))
    if sold[SCARCE] > SCARCE_STOCK:
        fail("more were sold than there were")


async def run(options):
    rng, results = random.Random(options.seed), {}
    for number, service in enumerate(SERVICES):
        await round_of(service, number, options, rng, results)
    await check_orders(results)


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
