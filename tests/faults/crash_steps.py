#!/usr/bin/env python3
"""Kills the shop after every durable step of a checkout, for every kind of card.

    tests/faults/crash_steps.py SOUK

For each crash point and each token of the test provider a shopper orders; the worker dies at the
point, comes back, and its sweeper dies there too. Then the shop starts without crash points, and
the shopper asks again with the same key: one order, one payment, the stock right, `souk audit`
silent.
"""
import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time

from shop import Client, Shop, check_audit, fail, import_products, order_of, ready, until_answered

POINTS = ("order.prepared", "order.reserved", "payment.before_provider", "payment.after_provider",
          "order.charged", "order.sold", "order.answered")
# What the shopper hears at last, and what the order is when all is done.
TOKENS = {"tok_ok": ((201,), "paid"), "tok_declined": ((402,), "declined"),
          "tok_charged_timeout": ((201, 202), "paid")}
SKU = "CRASH-1"


async def cart_with_one(client, name):
    deadline = time.monotonic() + 20
    status, cart = await until_answered(client, deadline, "POST", "/api/v1/carts",
                                        {"currency": "EUR"}, [("Idempotency-Key", name + "-cart")])
    if status == 201:
        status, _ = await until_answered(
            client, deadline, "POST", "/api/v1/carts/%s/items" % cart["id"],
            {"sku": SKU, "quantity": 1}, [("Idempotency-Key", name + "-item")])
    if status != 201:
        fail("%s has no cart: %s" % (name, status))
    return cart["id"]


async def order_and_crash(shop, name, token):
    """The request; its answer is lost with the worker, unless it never gets to the point."""
    client = Client(shop.port)
    body = order_of(await cart_with_one(client, name), name)
    body["payment"]["token"] = token
    await client.ask("POST", "/api/v1/orders", body, [("Idempotency-Key", name)])
    client.close()
    return body


async def ask_again(shop, name, body, wanted, state):
    client, deadline = Client(shop.port), time.monotonic() + 30
    status, document = await until_answered(client, deadline, "POST", "/api/v1/orders", body,
                                            [("Idempotency-Key", name)])
    if status not in wanted:
        fail("%s: asked again, the answer is %s %s" % (name, status, document))
    while status in (201, 202) and time.monotonic() < deadline:
        path = "/api/v1/orders/%s?token=%s" % (document["id"], document["access_token"])
        _, order = await client.ask("GET", path)
        if order["state"] == state:
            break
        await asyncio.sleep(0.1)
    else:
        if status in (201, 202):
            fail("%s: the order is %s and ought to be %s" % (name, order["state"], state))
    client.close()


async def case(shop, point, token):
    name = point + "-" + token
    wanted, state = TOKENS[token]
    shop.environment["SOUK_CRASH_AT"] = point
    shop.start()
    await ready(shop.port)
    body = await order_and_crash(shop, name, token)
    await asyncio.sleep(0.3)  # the sweeper of the next worker meets the same point
    shop.parent.kill()
    shop.parent.wait()
    del shop.environment["SOUK_CRASH_AT"]
    shop.start()
    await ready(shop.port)
    await ask_again(shop, name, body, wanted, state)
    shop.stop()


def main():
    signal.alarm(600)
    folder = tempfile.mkdtemp(prefix="souk-crash-")
    shop = Shop(os.path.abspath(sys.argv[1]), folder)
    shop.environment["SOUK_PAYMENT_TIMEOUT_MS"] = "200"
    try:
        import_products(shop, {SKU: len(POINTS) * len(TOKENS)})
        for point in POINTS:
            for token in TOKENS:
                asyncio.run(case(shop, point, token))
                check_audit(shop)
        print("crash_steps: %d crash points, each with %d cards" % (len(POINTS), len(TOKENS)))
        print("1 passed, 0 failed")
    finally:
        shop.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
