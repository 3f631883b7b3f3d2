#!/usr/bin/env python3
"""Brings a shop back to a moment before a mistake, with what deploy/kubernetes backs up with.

    tests/cluster/restore.py SOUK [--orders 40]

A PostgreSQL under Patroni and an encrypted repository in a folder, with the settings of
deploy/kubernetes/database (member.py). A full backup is made (jobs/backup.sh), orders are placed,
the moment is noted, more orders are placed, and somebody empties tables. Then
disaster-recovery/restore.sh goes back, first too far, then to the moment, what the guide says to
delete is deleted, and Patroni starts what it finds: every order that was acknowledged before the
moment is there, paid and charged once; of those after it none is; the audit finds nothing; the shop
sells on, and gives nobody a number that somebody was told of before (souk numbers --skip).
restore-test.sh, which a CronJob runs every week, is run too. Then the same for a shop in one
process on SQLite, with `souk backup` and `souk restore`.
"""
import argparse
import asyncio
import glob
import os
import re
import shutil
import signal
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "faults"))
sys.path.insert(0, os.path.join(HERE, "..", "..", "deploy", "stack"))
import shoppers  # noqa: E402
from manifests import ROOT  # noqa: E402
from member import PATIENCE_S, Database  # noqa: E402
from shop import Client, Shop, check_audit, fail, import_products, ready  # noqa: E402

SKU, LIMIT_S, SKIPPED = "RESTORE", 900, 1000


async def place(port, names):
    results, deadline = {}, time.monotonic() + PATIENCE_S
    await asyncio.gather(*(shoppers.shop_once(port, name, SKU, deadline, results)
                           for name in names))
    for name, (_, status, document, _, _) in results.items():
        if status not in (201, 202):
            fail("%s ended with %s %s" % (name, status, document))
    return [document for _, _, document, _, _ in results.values()]


async def look(port, orders):
    """The answers to who asks for these orders: their states, or the statuses of refusals."""
    client, seen = Client(port), []
    for order in orders:
        status, document = await client.ask("GET", "/api/v1/orders/%s?token=%s"
                                            % (order["id"], order["access_token"]))
        seen.append(document["state"] if status == 200 else status)
    client.close()
    return seen


async def all_paid(port, orders):
    deadline = time.monotonic() + PATIENCE_S
    while (seen := await look(port, orders)) != ["paid"] * len(orders):
        if time.monotonic() > deadline:
            fail("of %d orders: %s" % (len(orders), seen))
        await asyncio.sleep(0.2)


def promise(kept, sentence):
    if not kept:
        fail(sentence)
    print("kept    " + sentence, flush=True)


async def serve(shop):
    shop.start()
    await ready(shop.port)


async def lose(shop, database, count):
    """(orders before the moment, orders after it, a moment before all, the moment); then the
    mistake."""
    await serve(shop)
    import_products(shop, {SKU: 10 * count})
    await asyncio.sleep(1.1)  # pgBackRest takes a backup that ended in a second before
    early = database.sql("SELECT now()")
    before = await place(shop.port, ["before-%d" % i for i in range(count)])
    await all_paid(shop.port, before)
    await asyncio.sleep(1.1)
    moment = database.sql("SELECT now()")
    await asyncio.sleep(1.1)
    after = await place(shop.port, ["after-%d" % i for i in range(count // 2)])
    await all_paid(shop.port, after)
    shop.stop()
    database.sql("TRUNCATE orders, orders_key, payment CASCADE")
    for _ in range(4):  # Patroni promotes nobody who is behind, unless it forgot the primary
        database.sql("SELECT pg_logical_emit_message(false, 'test', 'more')")
        database.sql("SELECT pg_switch_wal()")
    database.script("jobs/backup.sh", "verify")  # waits until the log is in the repository
    return before, after, early, moment


async def sell_on(shop, told, count):
    """Numbers of orders that the restore took away are not given again."""
    orders = await place(shop.port, ["again-%d" % i for i in range(count)])
    await all_paid(shop.port, orders)
    again = {order["number"] for order in orders} & {order["number"] for order in told}
    promise(not again, "the shop sells on; numbers that shoppers were told and that are given"
            " again: %s" % (sorted(again) or "none"))


async def check_restored(shop, database, before, after, count):
    await serve(shop)
    seen = await look(shop.port, before)
    promise(seen == ["paid"] * len(before), "%d of %d orders that were acknowledged before are paid"
            % (seen.count("paid"), len(before)))
    seen = await look(shop.port, after)
    promise(seen == [404] * len(after), "%d orders from after it are not there" % len(after))
    charged = database.sql("SELECT COUNT(*) FROM test_provider_charge WHERE state = 'captured'")
    promise(charged == str(len(before)), "the provider's record has %s charges" % charged)
    left = database.sql("SELECT on_hand || ' ' || reserved FROM stock WHERE sku = '%s'" % SKU)
    promise(left == "%d 0" % (10 * count - len(before)), "stock is as it was: %s" % left)
    check_audit(shop)
    promise(True, "the audit finds nothing")
    await sell_on(shop, before + after, len(after))
    check_audit(shop)
    shop.stop()


def guide():
    """The commands of the guide's way back to a moment."""
    with open(os.path.join(ROOT, "docs", "operator", "kubernetes.md"), encoding="utf-8") as file:
        return re.search(r"(?s)\n\*A moment before a mistake\.\*(.*?)\n\*Expect\*", file.read())[1]


def restore(database, early, moment):
    began = time.monotonic()
    database.stop()
    shutil.rmtree(database.path("pg", "base"))  # as if the disk were gone, and not all of it
    config = database.path("restore.conf")
    # The first try goes back too far; what it leaves is a timeline without that which is missing.
    database.script("disaster-recovery/restore.sh", TARGET=early, PGBACKREST_CONFIG=config)
    said = database.script("disaster-recovery/restore.sh", TARGET=moment, TIMELINE="1",
                           PGBACKREST_CONFIG=config)
    archived = glob.glob(database.path("repository", "archive", "souk", "*", "00000003.history*"))
    promise(archived, "the new timeline is in the repository before anybody can follow it")
    for line in re.findall(r"delete endpoints ([^#\n]*)", guide()):
        for endpoints in line.split():
            database.forget(endpoints)
    database.start()
    print("restored to %s in %.1f s; %s" % (
        moment, time.monotonic() - began, re.search("restored up to .*", said)[0]), flush=True)


def rehearse(database):
    """What the CronJob does every week, into a volume of its own."""
    database.script("jobs/backup.sh", "diff")
    said = database.script("disaster-recovery/restore-test.sh",
                           PGBACKREST_PG1_PATH=database.path("test"),
                           DATABASE_FOLDER=database.path("test"),
                           DATABASE_SOCKETS=database.path("test-run"),
                           PGHOST=database.path("test-run"))
    promise("the backup can be restored" in said, "the weekly restore-test restores and reads it")


def said_by(shop, status, text, *words):
    done = shop.run(*words)
    promise(done.returncode == status and text in done.stdout, "souk %s: %s" % (
        words[0], done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "nothing"))


async def on_sqlite(shop, copy):
    """A copy is made while the shop serves; what comes after it is lost when it is put back."""
    await serve(shop)
    import_products(shop, {SKU: 100})
    before = await place(shop.port, ["before-%d" % i for i in range(10)])
    await all_paid(shop.port, before)
    said_by(shop, 0, "copied and verified", "backup", copy)
    after = await place(shop.port, ["after-%d" % i for i in range(5)])
    said_by(shop, 1, "is in use: stop the shop first", "restore", copy)
    shop.stop()
    said_by(shop, 0, "restored", "restore", copy)
    said_by(shop, 0, "the next order is S-1", "numbers", "--skip", str(SKIPPED))
    await serve(shop)
    promise(await look(shop.port, before) == ["paid"] * 10, "10 orders from before it are paid")
    promise(await look(shop.port, after) == [404] * 5, "5 from after it are not there")
    check_audit(shop)
    await sell_on(shop, before + after, 5)
    check_audit(shop)
    shop.stop()


def single(options, folder):
    shop_folder = os.path.join(folder, "single")
    os.mkdir(shop_folder)
    shop = Shop(os.path.realpath(options.binary), shop_folder)
    try:
        asyncio.run(on_sqlite(shop, os.path.join(folder, "copy.db")))
        said_by(shop, 0, "whole", "backup", os.path.join(folder, "copy.db"), "--verify")
        shop.environment["SOUK_DATABASE_URL"] = "postgresql://nowhere/souk"
        said_by(shop, 1, "pg_dump --format=custom", "backup", os.path.join(folder, "second.db"))
    finally:
        shop.stop()


def run(options, folder):
    database = Database(folder)
    shop_folder = os.path.join(folder, "shop")
    os.mkdir(shop_folder)
    shop = Shop(os.path.realpath(options.binary), shop_folder)
    shop.environment["SOUK_DATABASE_URL"] = "postgresql://postgres@127.0.0.1:%d/souk" % (
        database.port)
    try:
        database.make()
        shop.run("migrate")
        said = database.script("jobs/backup.sh", "full")
        promise("full backup" in said, "the first backup makes the repository")
        before, after, early, moment = asyncio.run(lose(shop, database, options.orders))
        restore(database, early, moment)
        said_by(shop, 0, "the next order is S-1", "numbers", "--skip", str(SKIPPED))
        asyncio.run(check_restored(shop, database, before, after, options.orders))
        rehearse(database)
    finally:
        shop.stop()
        database.end()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--orders", type=int, default=40)
    options = parser.parse_args()
    signal.alarm(LIMIT_S)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("restore: interrupted"))
    folder = tempfile.mkdtemp(prefix="souk-restore.")
    os.chmod(folder, 0o755)
    try:
        run(options, folder)
        single(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("1 passed, 0 failed")


main()
