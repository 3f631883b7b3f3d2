"""Shoppers of a shop whose services are apart, and what must hold of their orders in the end."""
import asyncio
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults"))
from shop import Client, fail, order_of, until_answered  # noqa: E402

SERVICES = ["user", "product", "order", "payment", "inventory", "notification"]


async def shop_once(port, name, sku, deadline, results, failures=None):
    """A checkout, each step repeated with its key until there is an answer:
    results[name] = (sku, status, document, seconds, moment of the end)."""
    client = Client(port, failures)
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
    ended = time.monotonic()
    results[name] = (sku, status, document, ended - started, ended)
    client.close()


async def outcome(client, order, deadline):
    """What becomes of an accepted order: "paid"; why it came to nothing; its state when the time is
    up."""
    while True:
        status, document = await client.ask("GET", "/api/v1/orders/%s?token=%s"
                                            % (order["id"], order["access_token"]))
        if status == 200 and document["state"] in ("paid", "cancelled", "declined"):
            return document["refusal"] or document["state"]
        if time.monotonic() > deadline:
            return document["state"] if status == 200 else status
        await asyncio.sleep(0.5)


async def check_orders(port, results, scarce, stock, patience_s=60):
    """Every acknowledged order is there, once, and paid within patience_s from now, but for those
    that were accepted before it was known that `scarce` is sold out; of it no more than `stock` are
    sold. Returns how many are paid."""
    client, ids, sold, waited, late = Client(port), set(), 0, 0, 0
    deadline = time.monotonic() + patience_s
    for name, (sku, status, document, _, _) in sorted(results.items()):
        if status == 409 and sku == scarce and document["code"] == "out_of_stock":
            continue
        if status not in (201, 202):
            fail("%s ended with %s %s" % (name, status, document))
        if document["id"] in ids:
            fail("the order %s was given to two shoppers" % document["id"])
        ids.add(document["id"])
        became = await outcome(client, document, deadline)
        if became == "out_of_stock" and status == 202 and sku == scarce:
            late += 1
            continue
        if became != "paid":
            fail("the order of %s, acknowledged with %d, is not paid but %s" % (name, status,
                                                                                became))
        sold += sku == scarce
        waited += status == 202
    client.close()
    print("%d orders paid, %d of them accepted before; %d accepted and out of stock; %d of %d"
          " scarce pieces sold" % (len(ids) - late, waited, late, sold, stock))
    if sold > stock:
        fail("more were sold than there were")
    return len(ids) - late
