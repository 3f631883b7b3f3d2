#!/usr/bin/env python3
"""Kills the shop after every durable step of a checkout, and of what staff do with an order after
it: capture, cancel, refund. For every kind of card.

    tests/faults/crash_steps.py SOUK

For each crash point and each token of the test provider a shopper orders; the worker dies at the
point, comes back, and its sweeper dies there too. Then the shop starts without crash points, and
the shopper asks again with the same key: one order, one payment, the stock right, `souk audit`
silent. The same where the shop captures by hand, and when staff capture, cancel or refund: nobody
asks again then, the sweeper alone takes it to its end.
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
# Where the shop captures by hand.
HELD = {"tok_ok": ((201,), "authorized"), "tok_charged_timeout": ((201, 202), "authorized")}
# What staff do, with what card, where it may stop, what the order and its payment are at last.
# `part`: what is captured of the total, before or by it.
CAPTURE = ("payment.before_provider", "payment.after_provider", "order.captured")
GIVE_BACK = ("payment.before_provider", "payment.after_provider", "order.given_back")
STEPS = [("capture", "tok_ok", CAPTURE, "paid", "captured", 700),
         ("capture", "tok_capture_timeout", CAPTURE, "paid", "captured", 1000),
         ("capture", "tok_expired", CAPTURE, "cancelled", "voided", None),
         ("cancel", "tok_ok", GIVE_BACK, "cancelled", "voided", None),
         ("cancel", "tok_void_timeout", GIVE_BACK, "cancelled", "voided", None),
         ("cancel", "tok_ok", GIVE_BACK, "cancelled", "refunded", 700),
         ("refund", "tok_ok", GIVE_BACK, "refunded", "refunded", 1000)]
# Where every order waits for its turn: the request is answered with 202, the rest may stop there.
QUEUED = {"tok_ok": ((202,), "paid"), "tok_declined": ((202,), "declined")}
QUEUE_POINTS = ("order.prepared", "queue.turn", "queue.reserved", "order.reserved",
                "payment.after_provider", "order.charged", "order.sold")
PATIENCE_S = 120  # for what has to come, on what others leave of the machine
LONG_S = 1  # who has waited for so long may be told that the payment is to follow
SKU, STAFF = "CRASH-1", "staff@fault.test"


async def cart_with_one(client, name):
    deadline = time.monotonic() + PATIENCE_S
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
    client, deadline = Client(shop.port), time.monotonic() + PATIENCE_S
    status, document = await until_answered(client, deadline, "POST", "/api/v1/orders", body,
                                            [("Idempotency-Key", name)])
    if status not in wanted and not (status == 202 and client.took_s > LONG_S):
        fail("%s: asked again, the answer is %s %s" % (name, status, document))
    while status in (201, 202) and time.monotonic() < deadline:
        path = "/api/v1/orders/%s?token=%s" % (document["id"], document["access_token"])
        answer, order = await client.ask("GET", path)
        if answer == 200 and order["state"] == state:
            break
        await asyncio.sleep(0.1)
    else:
        if status in (201, 202):
            fail("%s: the order is %s and ought to be %s" % (name, order, state))
    client.close()


async def crash_at(shop, point):
    shop.environment["SOUK_CRASH_AT"] = point
    shop.start()
    await ready(shop.port)


async def start_again(shop):
    await asyncio.sleep(0.3)  # the sweeper of the next worker meets the same point
    shop.parent.kill()
    shop.parent.wait()
    del shop.environment["SOUK_CRASH_AT"]
    shop.start()
    await ready(shop.port)


async def checkout(shop, point, token, wanted, state):
    name = "%s-%s-%s-%d" % (state, point, token, wanted[0])
    await crash_at(shop, point)
    body = await order_and_crash(shop, name, token)
    await start_again(shop)
    await ask_again(shop, name, body, wanted, state)
    shop.stop()


async def ask_staff(shop, method, path, body=None):
    client = Client(shop.port)
    answer = await client.ask(method, "/api/v1" + path, body, shop.staff)
    client.close()
    return answer


async def placed(shop, name, token, before):
    """An authorized order, of which `before` is captured, if it is anything."""
    client = Client(shop.port)
    body = order_of(await cart_with_one(client, name), name)
    body["payment"]["token"] = token
    status, order = await client.ask("POST", "/api/v1/orders", body, [("Idempotency-Key", name)])
    late = client.took_s > LONG_S
    client.close()
    if status == 202 and late:
        await ends(shop, name, order["id"], "authorized", "authorized", 0)
    elif status != 201 or order["state"] != "authorized":
        fail("%s: the order is answered with %s %s" % (name, status, order))
    if before:
        status, _ = await ask_staff(shop, "POST", "/admin/orders/%s/capture" % order["id"],
                                    {"amount_minor": before})
        if status != 200:
            fail("%s: the capture is answered with %s" % (name, status))
    return order["id"]


async def ends(shop, name, order_id, state, payment, part):
    deadline, is_now = time.monotonic() + PATIENCE_S, None
    ought = state, payment, part, part if payment == "refunded" else 0
    while is_now != ought:
        if time.monotonic() > deadline:
            fail("%s: the order is %s and ought to be %s" % (name, is_now, ought))
        await asyncio.sleep(0.1)
        status, order = await ask_staff(shop, "GET", "/admin/orders/%s" % order_id)
        if status == 200:
            paid = order["payment"]
            is_now = order["state"], paid["state"], paid["captured_minor"], order["refunded_minor"]


async def staff_step(shop, number, point):
    step, token, _, state, payment, part = STEPS[number]
    name = "step-%d-%s" % (number, point)
    shop.start()
    await ready(shop.port)
    order_id = await placed(shop, name, token, part if step != "capture" else None)
    shop.stop()
    await crash_at(shop, point)
    body = {"amount_minor": part} if step == "capture" and part else {}
    status, _ = await ask_staff(shop, "POST", "/admin/orders/%s/%s" % (order_id, step), body)
    if status != 0:
        fail("%s: the shop was not killed, it answered with %s" % (name, status))
    await start_again(shop)
    await ends(shop, name, order_id, state, payment, part)
    shop.stop()


async def capture_by_hand(shop):
    """Logs in as staff and changes the shop's setting."""
    password = shop.run("admin", STAFF).stdout.split()[-1]
    shop.start()
    await ready(shop.port)
    client = Client(shop.port)
    _, session = await client.ask("POST", "/api/v1/sessions", {
        "email": STAFF, "password": password, "transport": "bearer"})
    client.close()
    shop.staff = [("Authorization", "Bearer " + session["token"])]
    status, _ = await ask_staff(shop, "PATCH", "/admin/shop", {"capture": "manual"})
    if status != 200:
        fail("the shop's setting is answered with %s" % status)
    shop.stop()


def run_all(shop):
    """How many cases there were."""
    count = 0
    for tokens, points in ((TOKENS, POINTS), (QUEUED, QUEUE_POINTS), (HELD, POINTS)):
        shop.environment["SOUK_CHECKOUT_QUEUE_MS"] = "0" if tokens is QUEUED else "600000"
        for point in points:
            for token, (wanted, state) in tokens.items():
                asyncio.run(checkout(shop, point, token, wanted, state))
                check_audit(shop)
                count += 1
        if tokens is QUEUED:
            asyncio.run(capture_by_hand(shop))
    for number, (_, _, points, *_) in enumerate(STEPS):
        for point in points:
            asyncio.run(staff_step(shop, number, point))
            check_audit(shop)
            count += 1
    return count


def main():
    signal.alarm(1800)
    folder = tempfile.mkdtemp(prefix="souk-crash-")
    shop = Shop(os.path.abspath(sys.argv[1]), folder)
    shop.environment["SOUK_PAYMENT_TIMEOUT_MS"] = "200"
    try:
        import_products(shop, {SKU: 1000})
        print("crash_steps: %d cases of a crash point and a card" % run_all(shop))
        print("1 passed, 0 failed")
    finally:
        shop.stop()
        shutil.rmtree(folder, ignore_errors=True)


main()
