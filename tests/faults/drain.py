#!/usr/bin/env python3
"""Ends a shop that is at work: nobody who was being served is cut off, and its status says so.

    tests/faults/drain.py SOUK

With one worker and with three: shoppers who buy, orders that wait for a slow payment provider and
somebody who follows an order, while SIGTERM comes. Then once more with less time than it takes.
"""
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import time

from shop import Shop, check_audit, fail, import_products, order_of

SKU = "DRAIN"
DELAY_S = 2.5
PATIENCE_S = 60  # for what has to come
TRIES = 6  # to end it while payments take place, which a busy machine may be too slow for
SLOW = 6  # orders whose payment takes a second and a half
CUT = 75  # the status when requests had to be cut


class Shopper:
    """One connection, opened again when the shop has closed it."""

    def __init__(self, port):
        self.port, self.connection, self.told_to_leave = port, None, False

    def ask(self, method, path, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                         timeout=PATIENCE_S)
        headers = dict(headers or {}, **({"Content-Type": "application/json"} if body else {}))
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        self.told_to_leave = answer.getheader("Connection") == "close"
        if self.told_to_leave:
            self.connection.close()
            self.connection = None
        return answer.status, json.loads(text) if text else {}

    def fill_cart(self):
        status, cart = self.ask("POST", "/api/v1/carts", {"currency": "EUR"})
        if status == 201:
            path = "/api/v1/carts/%s/items" % cart["id"]
            status, cart = self.ask("POST", path, {"sku": SKU, "quantity": 1})
        return status, cart

    def order(self, cart, name, token):
        order = order_of(cart["id"], name)
        order["payment"]["token"] = token
        return self.ask("POST", "/api/v1/orders", order, {"Idempotency-Key": name})


def wait_ready(port):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            if Shopper(port).ask("GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    fail("the shop did not get ready")


def follow(port, order):
    """A stream that has told how the order is; nobody pays for it, so it stays open."""
    stream = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
    path = "/api/v1/orders/%s/events?token=%s" % (order["id"], order["access_token"])
    stream.sendall(("GET %s HTTP/1.1\r\nHost: shop\r\n\r\n" % path).encode())
    text = b""
    while b"event: " not in text:
        text += stream.recv(4096) or fail("the stream ended at once: %r" % text)
    return stream, text


class Buyers:
    """Threads that buy until nobody listens; `broken`: what failed before the delay was over."""

    def __init__(self, port, name):
        self.port, self.name, self.until = port, name, None
        self.bought, self.broken, self.told = 0, [], 0
        self.threads = [threading.Thread(target=self.buy, args=(i,)) for i in range(4)]
        for thread in self.threads:
            thread.start()

    def buy(self, number):
        shopper, i = Shopper(self.port), 0
        while True:
            try:
                status, cart = shopper.fill_cart()
                if status == 201:
                    status, _ = shopper.order(cart, "%s-%d-%d" % (self.name, number, i), "tok_ok")
            except (OSError, http.client.HTTPException) as error:
                # Who connects as the socket is closed is refused, or reset.
                if self.until is None or time.monotonic() < self.until:
                    self.broken.append(repr(error))
                return
            if status not in (201, 202):
                self.broken.append(status)
                return
            self.bought += 1
            self.told += shopper.told_to_leave
            i += 1


def asked_to_pay(shop, name):
    """For how many of the orders the payment provider was asked."""
    database = sqlite3.connect("file:%s/data/souk.db?mode=ro" % shop.folder, uri=True)
    count, = database.execute(
        "SELECT COUNT(DISTINCT p.id) FROM orders o JOIN payment p ON p.order_id = o.id"
        " JOIN payment_attempt a ON a.payment_id = p.id WHERE o.email LIKE ?",
        (name + "-%",)).fetchone()
    database.close()
    return count


def hold_slow_orders(shop, name, answers):
    """Orders that are being paid for when this returns."""
    threads = []
    for i in range(SLOW):
        shopper = Shopper(shop.port)
        status, cart = shopper.fill_cart()
        if status != 201:
            fail("a cart got %s" % status)

        def order(shopper=shopper, cart=cart, key="%s-%d" % (name, i)):
            try:
                answers.append((key, cart, shopper.order(cart, key, "tok_slow")[0]))
            except (OSError, http.client.HTTPException):
                answers.append((key, cart, 0))
        threads.append(threading.Thread(target=order))
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while asked_to_pay(shop, name) < SLOW:
        if time.monotonic() > deadline:
            fail("nobody asks the payment provider")
        time.sleep(0.02)
    return threads


def watch_readiness(port, until, workers):
    """While it leaves: each worker hears of it in its time, and every answer after that is 503 and
    `stopping`. Returns how many."""
    seen, half = 0, until - DELAY_S / 2
    while time.monotonic() < until:
        try:
            status, document = Shopper(port).ask("GET", "/readyz")
        except (OSError, http.client.HTTPException):
            if time.monotonic() < until:
                raise
            break  # it was asked late and has left meanwhile
        if status == 503 and document["state"] == "stopping":
            seen += 1
        elif seen >= 4 * workers and time.monotonic() > half:  # by then all of them have
            fail("a shop that leaves says %s %s" % (status, document["state"]))
        time.sleep(0.02)
    if seen <= 4 * workers:
        fail("a shop that leaves said so %d times" % seen)
    return seen


def end_at_work(shop, workers):
    shop.environment.update(SOUK_WORKERS=str(workers), SOUK_DRAIN_DELAY_MS=str(int(DELAY_S * 1000)),
                            SOUK_DRAIN_MS="10000")
    shop.start()
    wait_ready(shop.port)
    shopper, answers = Shopper(shop.port), []
    _, cart = shopper.fill_cart()
    status, order = shopper.order(cart, "followed-%d" % workers, "tok_down")
    if status != 202:
        fail("an order that cannot be paid got %s" % status)
    stream, text = follow(shop.port, order)
    slow = hold_slow_orders(shop, "slow-%d" % workers, answers)
    buyers = Buyers(shop.port, "buyer-%d" % workers)
    time.sleep(0.3)
    buyers.until = time.monotonic() + DELAY_S
    shop.parent.send_signal(signal.SIGTERM)
    looks = watch_readiness(shop.port, buyers.until - 0.1, workers)
    for thread in slow + buyers.threads:
        thread.join()
    while chunk := stream.recv(4096):
        text += chunk
    status = shop.parent.wait(PATIENCE_S)
    took = time.monotonic() - buyers.until + DELAY_S
    if buyers.broken or not buyers.told:
        fail("shoppers were cut off, or not told: %s" % buyers.broken[:5])
    if [status for _, _, status in answers] != [201] * SLOW:
        fail("slow orders got %s" % answers)
    if b"\r\nretry: " not in text or not text.endswith(b"0\r\n\r\n"):
        fail("the stream did not end as it should: %r" % text)
    if status != 0:
        fail("the shop ended with %s" % status)
    print("drain: %d workers, %d orders bought, %d looks at readiness, over after %.1f s"
          % (workers, buyers.bought, looks, took))


def end_too_soon(shop, workers):
    """The orders are cut off, the status says so, and who asks again gets them."""
    shop.environment.update(SOUK_WORKERS=str(workers), SOUK_DRAIN_DELAY_MS="0", SOUK_DRAIN_MS="300")
    for number in range(TRIES):
        shop.start()
        wait_ready(shop.port)
        answers = []
        slow = hold_slow_orders(shop, "cut-%d-%d" % (workers, number), answers)
        shop.parent.send_signal(signal.SIGTERM)
        for thread in slow:
            thread.join()
        status = shop.parent.wait(PATIENCE_S)
        if status == CUT and [status for _, _, status in answers] == [0] * SLOW:
            break
    else:
        fail("cut off, it ended with %s: %s" % (status, answers))
    shop.start()
    wait_ready(shop.port)
    for key, cart, _ in answers:
        for _ in range(600):
            status, _ = Shopper(shop.port).order(cart, key, "tok_slow")
            if status in (201, 202):
                break
            time.sleep(0.1)
        if status not in (201, 202):
            fail("an order that was cut off got %s when asked again" % status)
    shop.parent.send_signal(signal.SIGTERM)
    if shop.parent.wait(PATIENCE_S) != 0:
        fail("the shop ended with %s" % shop.parent.returncode)


def main():
    signal.alarm(600)
    folder = tempfile.mkdtemp(prefix="souk-drain-")
    shop = Shop(os.path.abspath(sys.argv[1]), folder)
    try:
        import_products(shop, {SKU: 100000})
        for workers in (1, 3):
            end_at_work(shop, workers)
            end_too_soon(shop, workers)
        check_audit(shop)
        print("5 passed, 0 failed")
    finally:
        shop.stop()
        shop.log.close()
        shutil.rmtree(folder, ignore_errors=True)


main()
