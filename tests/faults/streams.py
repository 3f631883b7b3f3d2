#!/usr/bin/env python3
"""Thousands who follow their orders in one process: what each costs, when a change reaches them,
and what it does to those who browse and buy meanwhile.

    tests/faults/streams.py SOUK [--streams N]

Orders wait for their turn and their payments take a second and a half, so that eight may follow
each of them. Some never read what they are told. Every one of the others must see its order paid,
soon, and its stream ended properly.
"""
import argparse
import asyncio
import datetime
import json
import os
import shutil
import signal
import statistics
import tempfile
import time

from shop import Client, Shop, fail, import_products, order_of, ready

SKU = "STREAM"
EACH = 8          # streams an order
DEAF = 20         # streams that are not read until the end
SOON_S = 3.0      # within which nine of ten hear of a change
LATE = 20         # and so many times as long as this program is late itself, on a busy machine
PATIENCE_S = 180  # for what has to come
KIB_MAX = 8.0     # a stream
KEPT_MAX, QUIET_S = 2 / 3, 25.0  # of what it grew by, when all have left for so long
SLOWER_MAX = 4.0  # how much longer a cart takes, at the median


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


class Follower(asyncio.Protocol):
    """One stream, and when it heard what."""

    def __init__(self, run, order, deaf):
        self.run, self.order, self.deaf = run, order, deaf
        self.text, self.begun, self.paid_after, self.ended = b"", False, None, False

    def connection_made(self, transport):
        self.transport = transport
        path = "/api/v1/orders/%s/events?token=%s" % (self.order["id"],
                                                      self.order["access_token"])
        transport.write(("GET %s HTTP/1.1\r\nHost: shop\r\n\r\n" % path).encode())

    def data_received(self, data):
        now = time.time()
        self.text += data
        if not self.begun and b"event: " in self.text:
            self.begun = True
            self.run.began()
            if self.deaf:
                self.transport.pause_reading()
        if self.paid_after is None and b'"state":"paid"' in data:
            told = data[data.index(b'"state":"paid"'):]
            at = json.loads(b"{" + told[:told.index(b"}") + 1])["at"]
            then = datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp()
            self.paid_after = now - then
        if self.text.endswith(b"\r\n0\r\n\r\n"):
            self.ended = True
            self.run.heard()
            self.transport.close()


class Run:
    def __init__(self, shop, streams):
        self.shop, self.orders, self.followers = shop, streams // EACH, []
        self.to_begin, self.late = streams, []
        self.all_begun, self.all_ended = asyncio.Event(), asyncio.Event()
        self.to_end, self.deaf_left = streams - DEAF, DEAF

    def began(self):
        self.to_begin -= 1
        if self.to_begin == 0:
            self.all_begun.set()

    def heard(self):
        self.to_end -= 1
        if self.to_end == 0:
            self.all_ended.set()

    def memory_kib(self):
        with open("/proc/%d/smaps_rollup" % self.shop.worker(), encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))

    async def tick(self):
        """How late this program is when it wants to go on in a moment, again and again."""
        while True:
            begin = time.monotonic()
            await asyncio.sleep(0.02)
            self.late.append(time.monotonic() - begin - 0.02)

    async def carts(self, count):
        """Milliseconds that filling a cart took, and reading a list that is not cached."""
        client, took, listed = Client(self.shop.port), [], []
        for i in range(count):
            begin = time.monotonic()
            _, cart = await client.ask("POST", "/api/v1/carts", {"currency": "EUR"})
            status, _ = await client.ask("POST", "/api/v1/carts/%s/items" % cart["id"],
                                         {"sku": SKU, "quantity": 1})
            between = time.monotonic()
            page, _ = await client.ask("GET", "/api/v1/products?limit=12&price_max=%d" % (5000 + i))
            if status != 201 or page != 200:
                fail("beside the streams a cart got %s and a list %s" % (status, page))
            took.append((between - begin) * 1000)
            listed.append((time.monotonic() - between) * 1000)
        client.close()
        return statistics.median(took), statistics.median(listed)

    async def follow(self, order):
        loop = asyncio.get_running_loop()
        for _ in range(EACH):
            deaf = self.deaf_left > 0
            self.deaf_left -= deaf
            _, follower = await loop.create_connection(
                lambda deaf=deaf: Follower(self, order, deaf), "127.0.0.1", self.shop.port)
            self.followers.append(follower)

    async def buyer(self, numbers):
        client = Client(self.shop.port)
        for number in numbers:
            _, cart = await client.ask("POST", "/api/v1/carts", {"currency": "EUR"})
            await client.ask("POST", "/api/v1/carts/%s/items" % cart["id"],
                             {"sku": SKU, "quantity": 1})
            order = order_of(cart["id"], "follow-%d" % number)
            order["payment"]["token"] = "tok_slow"
            status, order = await client.ask("POST", "/api/v1/orders", order,
                                             [("Idempotency-Key", "follow-%d" % number)])
            if status != 202:
                fail("an order that should wait got %s" % status)
            await self.follow(order)
        client.close()

    async def all(self):
        await ready(self.shop.port)
        cart_before, list_before = await self.carts(100)
        before, begin = self.memory_kib(), time.monotonic()
        ticking = asyncio.create_task(self.tick())
        await asyncio.gather(*(self.buyer(range(i, self.orders, 8)) for i in range(8)))
        await asyncio.wait_for(self.all_begun.wait(), PATIENCE_S)
        opened, each = time.monotonic() - begin, (self.memory_kib() - before) / len(self.followers)
        still = sum(not follower.ended for follower in self.followers)
        cart, listed = await self.carts(100)
        try:
            await asyncio.wait_for(self.all_ended.wait(), PATIENCE_S)
        except asyncio.TimeoutError:
            late = [one for one in self.followers if not one.ended and not one.deaf]
            fail("%d streams did not end, such as %r" % (len(late), late and late[0].text))
        ticking.cancel()
        after = [one.paid_after for one in self.followers if not one.deaf]
        if None in after:
            fail("%d streams ended and did not say that it was paid" % after.count(None))
        print("streams: %d, all open after %.1f s (%d at the same time), %.1f KiB of memory each"
              % (len(self.followers), opened, still, each))
        print("streams: a change was heard after %.2f s (median), %.2f s (p90), %.2f s (last)"
              % (statistics.median(after), quantile(after, 0.9), max(after)))
        print("streams: a cart %.1f ms without and %.1f ms beside them, a list %.1f and %.1f ms"
              % (cart_before, cart, list_before, listed))
        most = self.memory_kib()
        for follower in self.followers:
            follower.transport.close()
        kept_max = before + KEPT_MAX * (most - before)
        deadline = time.monotonic() + QUIET_S
        while self.memory_kib() > kept_max and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
        kept = self.memory_kib()
        print("streams: %.1f MiB before, %.1f at the end, %.1f a while later"
              % (before / 1024, most / 1024, kept / 1024))
        if kept > kept_max:
            fail("the memory is not given back")
        late = quantile(self.late, 0.9)
        if quantile(after, 0.9) > SOON_S + LATE * late or each > KIB_MAX or (
                cart > SLOWER_MAX * cart_before + 20 + LATE * late * 1000):
            fail("that is too much, though this program was but %.3f s late" % late)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--streams", type=int, default=2000)
    given = parser.parse_args()
    signal.alarm(900)
    folder = tempfile.mkdtemp(prefix="souk-streams-")
    shop = Shop(os.path.abspath(given.binary), folder)
    shop.environment.update(SOUK_CHECKOUT_QUEUE_MS="0", SOUK_CHECKOUT_WORKERS="64")
    try:
        import_products(shop, {SKU: 100000})
        shop.start()

        async def run():
            await Run(shop, given.streams).all()
        asyncio.run(run())
        print("1 passed, 0 failed")
    finally:
        shop.stop()
        shop.log.close()
        shutil.rmtree(folder, ignore_errors=True)


main()
