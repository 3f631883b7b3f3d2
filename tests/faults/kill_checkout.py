#!/usr/bin/env python3
"""Kills the shop at random while a thousand shoppers check out, again and again.

    tests/faults/kill_checkout.py SOUK [--rounds 30] [--shoppers 1000] [--seed N]

Each shopper makes a cart and orders with an idempotency key, and repeats what got no answer with the
same key. Meanwhile the worker or the parent is killed with SIGKILL at a random moment. In the end
every acknowledged order must be there once, no stock sold twice, and `souk audit` find nothing.
Python's standard library only; everything on loopback, in a temporary folder.
"""
import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PLENTY, SCARCE = "FAULT-PLENTY", "FAULT-SCARCE"
SCARCE_STOCK = 500
LIMIT_S = 900


def fail(sentence):
    print("FAIL kill_checkout: " + sentence)
    print("kill_checkout: 0 passed, 1 failed")
    sys.exit(1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Shop:
    """The program under test: started, killed, started again."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.port = binary, folder, free_port()
        self.log = open(os.path.join(folder, "log"), "ab")
        self.environment = dict(os.environ, SOUK_DATA_DIR=os.path.join(folder, "data"),
                                SOUK_LISTEN="127.0.0.1:%d" % self.port, SOUK_ACCESS_LOG="0",
                                SOUK_WRITES_A_MINUTE="10000000", SOUK_CONNECTIONS="8000",
                                SOUK_QUEUE_TARGET_MS="5000")
        self.parent = None

    def run(self, *words):
        return subprocess.run([self.binary, *words], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)

    def start(self):
        self.parent = subprocess.Popen([self.binary, "serve"], env=self.environment,
                                       stdout=self.log, stderr=self.log)

    def worker(self):
        """Process id of the worker, 0 when there is none at this moment."""
        path = "/proc/%d/task/%d/children" % (self.parent.pid, self.parent.pid)
        try:
            with open(path, encoding="ascii") as file:
                children = file.read().split()
        except OSError:
            return 0
        return int(children[0]) if children else 0

    def kill(self, whom):
        if whom == "worker":
            pid = self.worker()
            if pid:
                os.kill(pid, signal.SIGKILL)
            return
        self.parent.kill()
        self.parent.wait()
        self.start()

    def stop(self):
        if self.parent is not None:
            self.parent.terminate()
            try:
                self.parent.wait(30)
            except subprocess.TimeoutExpired:
                self.parent.kill()


class Client:
    """One shopper's connection; opened again when it is lost."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def ask(self, method, path, body=None, headers=()):
        """(status, document), or (0, None) when there was no whole answer."""
        try:
            return await asyncio.wait_for(self._ask(method, path, body, headers), 15)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            self.close()
            return 0, None

    async def _ask(self, method, path, body, headers):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        text = b"" if body is None else json.dumps(body).encode()
        lines = ["%s %s HTTP/1.1" % (method, path), "Host: shop", "Content-Length: %d" % len(text)]
        lines += ["Content-Type: application/json"] if text else []
        lines += ["%s: %s" % pair for pair in headers]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + text)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, length, close = int(head.split(" ")[1]), 0, False
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            close |= name.lower() == "connection" and value.strip().lower() == "close"
        content = await self.reader.readexactly(length) if length else b""
        if close:
            self.close()
        return status, json.loads(content) if content else None

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


async def until_answered(client, deadline, method, path, body, headers=()):
    """Repeats until there is an answer that is not about the shop being away."""
    pause = 0.02
    while time.monotonic() < deadline:
        status, document = await client.ask(method, path, body, headers)
        in_progress = status == 409 and document and document.get("code") == "conflict"
        if status != 0 and status < 500 and status != 429 and not in_progress:
            return status, document
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(0.5, pause * 2)
    return 0, None


async def shop_once(port, name, sku, deadline, results):
    client = Client(port)
    status, cart = await until_answered(client, deadline, "POST", "/api/v1/carts",
                                        {"currency": "EUR"}, [("Idempotency-Key", name + "-cart")])
    if status == 201:
        status, _ = await until_answered(
            client, deadline, "POST", "/api/v1/carts/%s/items" % cart["id"],
            {"sku": sku, "quantity": 1}, [("Idempotency-Key", name + "-item")])
    if status == 201:
        address = {"name": name, "line1": "1 Road", "city": "Bonn", "postcode": "53111",
                   "country": "DE"}
        order = {"cart_id": cart["id"], "email": name + "@fault.test", "shipping_address": address,
                 "payment": {"provider": "test", "token": "tok_ok"}}
        status, document = await until_answered(client, deadline, "POST", "/api/v1/orders", order,
                                                [("Idempotency-Key", name + "-order")])
        results[name] = (sku, status, document)
    else:
        results[name] = (sku, status, cart)
    client.close()


async def killer(shop, rng, done):
    """One kill somewhere in the first second and a half of the round."""
    await asyncio.sleep(rng.uniform(0.05, 1.5))
    whom = "parent" if rng.random() < 0.35 else "worker"
    if not done.is_set():
        shop.kill(whom)
    return whom


async def round_of(shop, number, shoppers, rng, results):
    done = asyncio.Event()
    deadline = time.monotonic() + 120
    killing = asyncio.create_task(killer(shop, rng, done))
    await asyncio.gather(*(shop_once(shop.port, "r%d-s%d" % (number, i),
                                     SCARCE if rng.random() < 0.1 else PLENTY, deadline, results)
                           for i in range(shoppers)))
    done.set()
    return await killing


async def ready(port):
    client = Client(port)
    for _ in range(200):
        status, _ = await client.ask("GET", "/readyz")
        if status == 200:
            client.close()
            return
        await asyncio.sleep(0.05)
    fail("the shop did not get ready")


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


def import_products(shop, plenty):
    path = os.path.join(shop.folder, "products.csv")
    columns = ("Handle,Title,Vendor,Published,Option1 Name,Option1 Value,Variant SKU,"
               "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
               "Variant Price,Variant Requires Shipping,Variant Taxable\n")
    row = "%s,%s,Fault,true,Title,Default Title,%s,shopify,%d,deny,10.00,false,true\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(columns + row % ("plenty", "Plenty", PLENTY, plenty)
                   + row % ("scarce", "Scarce", SCARCE, SCARCE_STOCK))
    done = shop.run("import", "shopify", path, "--currency", "EUR")
    if done.returncode != 0:
        fail("the import failed: " + done.stdout)


def report(sold, results, kills):
    refused = sum(1 for _, status, _ in results.values() if status == 409)
    print("kill_checkout: %d kills (%d of the parent), %d orders acknowledged, %d refused as sold out"
          % (len(kills), kills.count("parent"), sum(sold.values()), refused))


async def run(shop, options):
    rng, results, kills = random.Random(options.seed), {}, []
    shop.start()
    await ready(shop.port)
    for number in range(options.rounds):
        kills.append(await round_of(shop, number, options.shoppers, rng, results))
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
        import_products(shop, options.rounds * options.shoppers)
        asyncio.run(run(shop, options))
        audit = shop.run("audit")
        if audit.returncode != 0:
            fail("the audit found something:\n" + audit.stdout)
        print("kill_checkout: 1 passed, 0 failed")
    finally:
        shop.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
