#!/usr/bin/env python3
"""Kills the shop at random while a thousand shoppers check out, again and again.

    tests/faults/kill_checkout.py SOUK [--rounds 30] [--shoppers 1000] [--seed N]

Each shopper makes a cart and orders with an idempotency key, and repeats what got no answer with
the same key. Meanwhile the worker or the parent is killed with SIGKILL at a random moment. In the
end every acknowledged order must be there once, no stock sold twice, and `souk audit` find nothing.
Python's standard library only; everything on loopback, in a temporary folder.
"""
import argparse
import asyncio
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time

from shop import Client, Shop, check_audit, fail, import_products, order_of, ready, until_answered

PLENTY, SCARCE = "FAULT-PLENTY", "FAULT-SCARCE"
SCARCE_STOCK = 500
LIMIT_S = 900


async def shop_once(port, name, sku, deadline, results):
    client = Client(port)
    status, cart = await until_answered(client, deadline, "POST", "/api/v1/carts",
                                        {"currency": "EUR"}, [("Idempotency-Key", name + "-cart")])
    document = cart
    if status == 201:
        status, document = await until_answered(
            client, deadline, "POST", "/api/v1/carts/%s/items" % cart["id"],
            {"sku": sku, "quantity": 1}, [("Idempotency-Key", name + "-item")])
    if status == 201:
        status, document = await until_answered(
            client, deadline, "POST", "/api/v1/orders", order_of(cart["id"], name),
            [("Idempotency-Key", name + "-order")])
    results[name] = (sku, status, document)
    client.close()


async def killer(shop, rng, results, before, shoppers, kills):
    """One kill while the orders come in: after a random share of them was answered. A parent lets
    the fifth worker that dies within ten seconds wait, which would teach nothing."""
    share = rng.uniform(0.02, 0.95)
    while len(results) - before < share * shoppers:
        await asyncio.sleep(0.002)
    whom = "parent" if rng.random() < 0.35 or kills[-4:] == ["worker"] * 4 else "worker"
    shop.kill(whom)
    return whom


async def round_of(shop, number, shoppers, rng, results, kills):
    deadline = time.monotonic() + 120
    killing = asyncio.create_task(killer(shop, rng, results, len(results), shoppers, kills))
    await asyncio.gather(*(shop_once(shop.port, "r%d-s%d" % (number, i),
                                     SCARCE if rng.random() < 0.1 else PLENTY, deadline, results)
                           for i in range(shoppers)))
    kills.append(await killing)


async def check_orders(port, results):
    """Every acknowledged order is there, paid, and has an id of its own."""
    client, ids, sold = Client(port), set(), {PLENTY: 0, SCARCE: 0}
    for name, (sku, status, document) in sorted(results.items()):
        if status == 409 and sku == SCARCE and document["code"] == "out_of_stock":
            continue
        if status != 201:
            fail("%s ended with %s %s" % (name, status, document))
        if document["id"] in ids:
            fail("the order %s was given to two shoppers" % document["id"])
        ids.add(document["id"])
        sold[sku] += 1
        status, order = await client.ask("GET", "/api/v1/orders/%s?token=%s"
                                         % (document["id"], document["access_token"]))
        if status != 200 or order["state"] != "paid":
            fail("the acknowledged order of %s is %s %s" % (name, status, order))
    client.close()
    return sold


def check_database(shop):
    """Nobody has two orders that stand."""
    database = sqlite3.connect("file:%s/data/souk.db?mode=ro" % shop.folder, uri=True)
    twice = database.execute(
        "SELECT email, COUNT(*) FROM orders WHERE state NOT IN ('cancelled', 'declined')"
        " GROUP BY email HAVING COUNT(*) > 1").fetchall()
    database.close()
    if twice:
        fail("%d shoppers have more than one order: %s" % (len(twice), twice[:3]))


def report(sold, results, kills):
    refused = sum(1 for _, status, _ in results.values() if status == 409)
    print("kill_checkout: %d kills (%d of the parent), %d orders acknowledged, "
          "%d refused as sold out"
          % (len(kills), kills.count("parent"), sum(sold.values()), refused))


async def run(shop, options):
    rng, results, kills = random.Random(options.seed), {}, []
    shop.start()
    await ready(shop.port)
    for number in range(options.rounds):
        await round_of(shop, number, options.shoppers, rng, results, kills)
    await ready(shop.port)
    sold = await check_orders(shop.port, results)
    report(sold, results, kills)
    if sold[SCARCE] > SCARCE_STOCK:
        fail("%d of %d were sold" % (sold[SCARCE], SCARCE_STOCK))
    return sold


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--shoppers", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print("kill_checkout: seed %d" % options.seed)
    signal.alarm(LIMIT_S)
    folder = tempfile.mkdtemp(prefix="souk-fault-")
    shop = Shop(os.path.abspath(options.binary), folder)
    try:
        import_products(shop, {PLENTY: options.rounds * options.shoppers, SCARCE: SCARCE_STOCK})
        asyncio.run(run(shop, options))
        check_database(shop)
        check_audit(shop)
        print("1 passed, 0 failed")
    finally:
        shop.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
