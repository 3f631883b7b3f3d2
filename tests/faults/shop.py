"""What the fault runs share: the shop as a process that may be killed, and clients that repeat."""
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from ports import free_ports  # noqa: E402

CSV_COLUMNS = ("Handle,Title,Vendor,Published,Option1 Name,Option1 Value,Variant SKU,"
               "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,"
               "Variant Price,Variant Requires Shipping,Variant Taxable\n")
# Until a shop serves, and until it answers, on a machine that tests other things besides.
READY_S, ANSWER_S = 120, 60
ADDRESS = {"name": "Ann", "line1": "1 Road", "city": "Bonn", "postcode": "53111", "country": "DE"}


def fail(sentence):
    name = os.path.basename(sys.argv[0])
    print("FAIL %s: %s" % (name, sentence))
    print("0 passed, 1 failed")
    sys.exit(1)


class Shop:
    """The program under test: started, killed, started again."""

    def __init__(self, binary, folder):
        self.binary, self.folder, self.port = binary, folder, free_ports(1)[0]
        self.log = open(os.path.join(folder, "log"), "ab")
        self.environment = dict(os.environ, SOUK_DATA_DIR=os.path.join(folder, "data"),
                                SOUK_LISTEN="127.0.0.1:%d" % self.port, SOUK_ACCESS_LOG="0",
                                SOUK_WRITES_A_MINUTE="10000000", SOUK_CONNECTIONS="8000",
                                SOUK_QUEUE_TARGET_MS="5000", SOUK_CHECKOUT_QUEUE_MS="600000")
        self.parent = None

    def run(self, *words):
        return subprocess.run([self.binary, *words], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)

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
                self.parent.wait(120)
            except subprocess.TimeoutExpired:
                self.parent.kill()


class Client:
    """One shopper's connection; opened again when it is lost. `failures` counts what was no answer:
    (status, method, path with no ids in it). With `session` what was written is read again: the
    position that an answer tells of goes with what is asked next."""

    def __init__(self, port, failures=None, session=False):
        self.port, self.reader, self.writer = port, None, None
        self.failures, self.session, self.position = failures, session, None
        self.took_s = 0  # the last answer

    async def ask(self, method, path, body=None, headers=()):
        """(status, document), or (0, None) when there was no whole answer."""
        began = time.monotonic()
        try:
            status, document = await asyncio.wait_for(self._ask(method, path, body, headers),
                                                      ANSWER_S)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            self.close()
            status, document = 0, None
        self.took_s = time.monotonic() - began
        if self.failures is not None and (status == 0 or status >= 500):
            self.failures[status, method, re.sub(r"/[0-9a-f-]{36}|\?.*", "/...", path)] += 1
        return status, document

    async def _ask(self, method, path, body, headers):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        text = b"" if body is None else json.dumps(body).encode()
        lines = ["%s %s HTTP/1.1" % (method, path), "Host: shop", "Content-Length: %d" % len(text)]
        lines += ["Content-Type: application/json"] if text else []
        lines += ["%s: %s" % pair for pair in headers]
        lines += ["X-Souk-Position: " + self.position] if self.position else []
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + text)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, length, close, is_json = int(head.split(" ")[1]), 0, False, False
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            if self.session and name.lower() == "x-souk-position":
                self.position = value.strip()
            is_json |= name.lower() == "content-type" and "json" in value
            close |= name.lower() == "connection" and value.strip().lower() == "close"
        content = await self.reader.readexactly(length) if length else b""
        if close:
            self.close()
        return status, json.loads(content) if content and is_json else None

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


async def ready(port):
    client, deadline = Client(port), time.monotonic() + READY_S
    while time.monotonic() < deadline:
        status, _ = await client.ask("GET", "/readyz")
        if status == 200:
            client.close()
            return
        await asyncio.sleep(0.05)
    fail("the shop did not get ready")


def import_products(shop, stock):
    """Products that need no shipping, by SKU and number of pieces."""
    path = os.path.join(shop.folder, "products.csv")
    row = "%s,%s,Fault,true,Title,Default Title,%s,shopify,%d,deny,10.00,false,true\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(CSV_COLUMNS)
        for sku, pieces in stock.items():
            file.write(row % (sku.lower(), sku, sku, pieces))
    done = shop.run("import", "shopify", path, "--currency", "EUR")
    if done.returncode != 0:
        fail("the import failed: " + done.stdout)


def check_audit(shop):
    audit = shop.run("audit")
    if audit.returncode != 0:
        fail("the audit found something:\n" + audit.stdout)


def order_of(cart, name):
    return {"cart_id": cart, "email": name + "@fault.test", "shipping_address": ADDRESS,
            "payment": {"provider": "test", "token": "tok_ok"}}
