"""What a drill does to a shop all the time: shoppers who check out and repeat what failed with the
same key, and others who write carts, read lists or read product pages and repeat nothing."""
import asyncio
import collections
import random
import time

import shoppers
from shop import Client, until_answered

SCARCE_STOCK = 60


class Load:
    def __init__(self, port, run_id, seed, shopper_count, rest_s=0):
        """rest_s: how long all wait after each request or checkout, beside what they do anyway."""
        self.port, self.run_id, self.shopper_count = port, run_id, shopper_count
        self.rest_s = rest_s
        self.rng = random.Random(seed)
        # What was asked without repeating: (moment of the end, status, seconds).
        self.carts, self.lists, self.pages, self.fresh_pages = [], [], [], []
        self.results = {}  # of checkouts, as shoppers.shop_once has them
        self.failures = collections.Counter()  # of every single request; see shop.Client
        self.pairs_begun = self.pairs_read = self.pairs_stale = 0
        self.done, self.tasks = asyncio.Event(), []

    def sku(self, kind):
        return "%s-%s" % (self.run_id, kind)

    async def shopper(self, number):
        count = 0
        while not self.done.is_set():
            count += 1
            sku = self.sku("SCARCE" if self.rng.random() < 0.1 else "PLENTY")
            await shoppers.shop_once(self.port, "%s-s%d-%d" % (self.run_id.lower(), number, count),
                                     sku, time.monotonic() + 120, self.results, self.failures)
            await asyncio.sleep(self.rest_s)

    async def probe(self, seen, ask_next, pause_s):
        client = Client(self.port, self.failures)
        while not self.done.is_set():
            began = time.monotonic()
            status, _ = await client.ask(*ask_next())
            seen.append((time.monotonic(), status, time.monotonic() - began))
            await asyncio.sleep(pause_s + self.rest_s)
        client.close()

    def next_cart(self):
        key = "%s-probe-%d" % (self.run_id, self.rng.getrandbits(60))
        return "POST", "/api/v1/carts", {"currency": "EUR"}, [("Idempotency-Key", key)]

    def next_list(self):
        """Past the gateway's cache, which keeps an answer for a second."""
        return "GET", "/api/v1/products?limit=2&price_min=%d" % self.rng.randrange(2000)

    async def pairs(self, client, path, field, headers=()):
        """Writes a field and reads it again, in one session, which must see what it wrote."""
        while not self.done.is_set():
            self.pairs_begun += 1
            written = "%05d" % (self.pairs_begun % 100000)
            status, _ = await client.ask("PATCH", path, {field: written}, headers)
            if status != 200:
                await asyncio.sleep(0.1)
                continue
            status, document = await client.ask("GET", path, None, headers)
            if status == 200:
                self.pairs_read += 1
                self.pairs_stale += document[field] != written
        client.close()

    async def cart_pairs(self, number):
        """(What a replica lacks of a cart its copy in Redis may have.)"""
        client = Client(self.port, self.failures, session=True)
        key = [("Idempotency-Key", "%s-pairs-%d" % (self.run_id, number))]
        _, cart = await until_answered(client, time.monotonic() + 60, "POST", "/api/v1/carts",
                                       {"currency": "EUR"}, key)
        path = "/api/v1/carts/" + cart["id"]
        await until_answered(client, time.monotonic() + 60, "PATCH", path, {"country": "DE"})
        await self.pairs(client, path, "postcode")

    async def account_pairs(self, email, password):
        """(Of an account there is one copy, and each look at it reads it.)"""
        client = Client(self.port, self.failures, session=True)
        _, session = await until_answered(
            client, time.monotonic() + 60, "POST", "/api/v1/sessions",
            {"email": email, "password": password, "transport": "bearer"})
        await self.pairs(client, "/api/v1/users/me", "name",
                         [("Authorization", "Bearer " + session["token"])])

    def add_pairs(self, accounts, carts):
        """accounts: (email, password) of each."""
        self.tasks += [asyncio.create_task(self.account_pairs(*account)) for account in accounts]
        self.tasks += [asyncio.create_task(self.cart_pairs(number)) for number in range(carts)]

    async def start(self):
        _, document = await Client(self.port).ask("GET", "/api/v1/products?limit=10")
        handles = [product["handle"] for product in document["items"]]

        def next_page():
            return "GET", "/api/v1/products/" + self.rng.choice(handles)

        def next_fresh_page():  # that the gateway has not kept
            return "GET", "/products/%s?number=%d" % (self.rng.choice(handles),
                                                      self.rng.getrandbits(60))

        self.tasks = [asyncio.create_task(work) for work in
                      [self.shopper(number) for number in range(self.shopper_count)] +
                      [self.probe(self.carts, self.next_cart, 0.05) for _ in range(4)] +
                      [self.probe(self.lists, self.next_list, 0.02) for _ in range(2)] +
                      [self.probe(self.pages, next_page, 0.02) for _ in range(2)] +
                      [self.probe(self.fresh_pages, next_fresh_page, 0.05)]]

    async def stop(self):
        self.done.set()
        await asyncio.gather(*self.tasks)

    # What was seen.

    def reads(self):
        return (("lists", self.lists), ("product pages", self.pages),
                ("fresh pages", self.fresh_pages))

    def requests(self):
        """Those that were counted one by one; a checkout is three at least."""
        return (len(self.carts) + sum(len(seen) for _, seen in self.reads()) +
                3 * len(self.results) + self.pairs_begun + self.pairs_read)

    def written_since(self, moment):
        """Carts; some that went on before may be answered just after it."""
        return len([1 for at, status, _ in self.carts if status == 201 and at > moment + 1])

    def cart_moments(self):
        return [at for at, status, _ in self.carts if status == 201]

    def order_moments(self):
        """Of orders that were acknowledged, also of those to be paid later."""
        return [ended for _, status, _, _, ended in self.results.values() if status in (201, 202)]

    def describe(self):
        for name, seen in (("cart writes", self.carts),) + self.reads():
            counts = collections.Counter(status for _, status, _ in seen)
            print("%-13s %s; slowest %.1f s" % (
                name, ", ".join("%d x %s" % (count, status or "no answer")
                                for status, count in sorted(counts.items())),
                max(seconds for _, _, seconds in seen)))
        print("%-13s slowest %.1f s, its repeats included" % (
            "checkouts", max(seconds for _, _, _, seconds, _ in self.results.values())))
        for (status, method, path), count in sorted(self.failures.items()):
            print("%-13s %d x %s of %s %s" % ("repeated", count, status or "no answer", method,
                                              path))


def longest_gap(moments, since, until):
    """Seconds without one of the moments."""
    seen = [since] + sorted(at for at in moments if since < at < until) + [until]
    return max(b - a for a, b in zip(seen, seen[1:]))
