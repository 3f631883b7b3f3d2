#!/usr/bin/env python3
"""Fills the disk under a running shop: writes get 503, reads go on, and it heals by itself.

    tests/faults/full_disk.py SOUK

Needs root, for a small tmpfs of its own; says so and skips otherwise.
"""
import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from shop import Client, Shop, check_audit, fail, import_products, order_of, ready

SKU = "FULL-DISK"
SIZE_MB = 24


async def order(client, name):
    """Status and document of the first step that is refused, else of the order."""
    status, cart = await client.ask("POST", "/api/v1/carts", {"currency": "EUR"})
    if status == 201:
        status, cart = await client.ask("POST", "/api/v1/carts/%s/items" % cart["id"],
                                        {"sku": SKU, "quantity": 1})
    if status != 201:
        return status, cart
    return await client.ask("POST", "/api/v1/orders", order_of(cart["id"], name),
                            [("Idempotency-Key", name)])


def fill(path):
    """Takes every free byte."""
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


async def run(shop):
    client, filler, acknowledged = Client(shop.port), os.path.join(shop.folder, "filler"), []
    await ready(shop.port)
    for i in range(20):
        acknowledged.append(await order(client, "before-%d" % i))
    fill(filler)
    refusals = []
    for i in range(200):
        status, document = await order(client, "full-%d" % i)
        (acknowledged if status == 201 else refusals).append((status, document))
    if not refusals:
        fail("200 orders went in although the disk is full")
    for status, document in refusals:
        if status != 503 or document is None or document["code"] != "unavailable":
            fail("a full disk was answered with %s %s" % (status, document))
    status, _ = await client.ask("GET", "/api/v1/products")
    if status != 200:
        fail("products were not shown while the disk was full: %s" % status)
    os.unlink(filler)
    deadline, number = time.monotonic() + 60, 0
    while (healed := await order(client, "after-%d" % number))[0] != 201:
        if time.monotonic() > deadline:
            fail("the disk has room again, and an order got %s %s" % healed)
        number += 1
        await asyncio.sleep(0.1)
    acknowledged.append(healed)
    for status, document in acknowledged:
        if status != 201:
            fail("an order on a healthy disk got %s %s" % (status, document))
        path = "/api/v1/orders/%s?token=%s" % (document["id"], document["access_token"])
        if (await client.ask("GET", path))[0] != 200:
            fail("the acknowledged order %s is gone" % document["number"])
    client.close()
    print("full_disk: %d orders acknowledged and there, %d refused with 503"
          % (len(acknowledged), len(refusals)))


def main():
    if os.geteuid() != 0:
        print("full_disk needs root for a tmpfs of its own: skipped")
        return
    signal.alarm(600)
    folder = tempfile.mkdtemp(prefix="souk-full-")
    size = "size=%dm" % SIZE_MB
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
    shop = Shop(os.path.abspath(sys.argv[1]), folder)
    try:
        import_products(shop, {SKU: 1000})
        shop.start()
        asyncio.run(run(shop))
        shop.stop()
        check_audit(shop)
        print("1 passed, 0 failed")
    finally:
        shop.stop()
        shop.log.close()
        subprocess.run(["umount", "-l", folder], check=False)
        shutil.rmtree(folder, ignore_errors=True)


main()
