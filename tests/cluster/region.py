"""The drill `region`: a second region follows the first by the repository of its backups, as
overlays/standby-region has it; the first is lost whole; the second is promoted and sells on, by the
steps of deploy/kubernetes/disaster-recovery/multi-region-setup.yaml.

Promises: what was acknowledged before the last moment that the second had heard of is there, paid
and charged once; what is missing was acknowledged after it; that moment is LAG_S before the end at
most; an order that is there is answered again to who repeats it; the audit of each service finds
nothing; the second sells. What is lost is counted, and so is what the provider took for it.
"""
import asyncio
import glob
import json
import os
import random
import re
import shutil
import time

import yaml

import configure
import drill as drills_of_one
import drills
import faults
import load as loads
import look
import plan as plans
import processes
import shoppers
import stack
from manifests import TREE, merged, shipped
from shop import Client, order_of

# A piece of the log is sent after a minute at the latest, and takes its time.
LAG_S, FOLLOW_S, SELL_S, SOLD_S, REPEATED = 75, 60, 40, 15, 50


# The repository.

class Repository:
    """pgBackRest's, in a folder: what an object store would be to both regions."""

    def __init__(self, plan):
        self.folder, self.cipher = plan.path("repository"), plan.secrets["owner"]
        plan.folder_for("postgres", "repository")

    def write_settings(self, plan):
        """Those of database/pgbackrest.conf, for each node."""
        for node in plans.NODES:
            spool = "spool-" + node
            plan.folder_for("postgres", spool)
            text = shipped("database/pgbackrest.conf")
            text = re.sub(r"(?m)^tls-server.*\n", "", text)  # all is on this machine
            for there, here in (("/data/postgresql", plan.path("postgres", node)),
                                ("/var/run/postgresql", configure.sockets(plan)),
                                ("/var/spool/pgbackrest", plan.path(spool))):
                text = text.replace(there, here)
            more = ("[global]\nrepo1-path=%s\nrepo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=%s\n"
                    "lock-path=%s\n" % (self.folder, self.cipher, plan.path(spool)))
            plan.write_for("postgres", settings_name(node), text.replace("[global]\n", more) +
                           "pg1-port=%d\n" % plan.postgres_port(node))

    def back_up(self, plan):
        """By the job's own script, from the primary."""
        node = look.primary(plan)
        settings = {"PGBACKREST_CONFIG": plan.path(settings_name(node)),
                    "PGPASSWORD": plan.secrets["superuser"]}
        plans.run(["sh", os.path.join(TREE, "jobs/backup.sh"), "full"], settings, "postgres", 180)
        # Of failovers from before the log was archived; members of the second ask each other for
        # them, and follow nobody without.
        for file in sorted(glob.glob(plan.path("postgres", node, "pg_wal", "*.history"))):
            plans.run(["pgbackrest", "--stanza=souk", "--no-archive-async", "archive-push", file],
                      settings, "postgres")


def settings_name(node):
    return "pgbackrest-%s.conf" % node


def archive(plan, on):
    """The first region's log goes to the repository as database/patroni/30-archive.yml says; each
    member has settings of its own here."""
    parameters = yaml.safe_load(shipped("database/patroni/30-archive.yml"))["bootstrap"]["dcs"][
        "postgresql"]["parameters"]
    command = 'PGBACKREST_CONFIG="%s/pgbackrest-$(basename "$PWD").conf" %s' % (
        plan.folder, parameters["archive_command"])
    wanted = {"archive_command": command if on else configure.NO_ARCHIVE,
              "archive_timeout": parameters["archive_timeout"] if on else "0"}
    node = look.primary(plan)
    if node is None or look.patch(plan, node, {"postgresql": {"parameters": wanted}}) != 200:
        raise OSError("Patroni does not take where the log goes to")
    if not processes.wait_until(lambda: look.sql(plan, "SHOW archive_command")
                                == wanted["archive_command"], 20):
        raise OSError("the primary does not take where the log goes to")


# The second region.

class Second(plans.Plan):
    """A stack of its own whose database is a replica as a whole."""

    def __init__(self, first):
        super().__init__(first.path("second"), drills.free_block())
        self.first = first

    def database_parts(self):
        parts = super().database_parts()
        for part in parts:
            part.environment = {"PGBACKREST_CONFIG": self.path(settings_name(part.name))}
        return parts

    def make(self, repository):
        stack.make_folders(self)
        # Sealed for both regions are the same: the roles' passwords come with the database.
        self.secrets = self.first.secrets
        shutil.copy(self.first.path("souk"), self.path("souk"))
        configure.write_all(self)
        repository.write_settings(self)
        # As the snapshots of the pictures' volume: they do not come with the database.
        plans.run(["cp", "-a", self.first.path("shop", "media"), self.path("shop")])
        standby = yaml.safe_load(shipped("components/standby-region/40-standby.yml"))
        for node in plans.NODES:
            with open(self.path(node + ".json"), encoding="utf-8") as file:
                known = merged(json.load(file), standby)
            self.write_for("postgres", node + ".json", json.dumps(known, indent=2))

    def roles(self):
        return sorted(member["role"] for member in look.members(self)
                      if member["state"] in ("running", "streaming"))

    def start(self):
        """All but what writes: its services have no replicas, its database only reads."""
        for part in self.etcd_parts() + self.cache_parts():
            processes.start(self, part)
        stack.make_redis_cluster(self)
        stack.all_well(self, self.etcd_parts() + self.memcached_parts())
        leader, *others = self.database_parts()
        processes.start(self, leader)
        stack.expect("no standby leader", lambda: self.roles() == ["standby_leader"], self,
                     leader.name)
        for part in others:
            processes.start(self, part)
        wanted = ["replica"] * len(others) + ["standby_leader"]
        stack.expect("not all members follow", lambda: self.roles() == wanted, self, leader.name)

    def heard_of(self):
        """(the moment of the last transaction that it has, how far it has read)."""
        leader = next(member["name"] for member in look.members(self)
                      if member["role"] == "standby_leader")
        said = look.sql(self, "SELECT coalesce(extract(epoch FROM pg_last_xact_replay_timestamp()),"
                        " 0), pg_last_wal_replay_lsn()", self.postgres_port(leader))
        moment, _, position = (said or "0|").partition("|")
        return float(moment), position

    def promote(self):
        """The CronJob's very command, and the time until there is a primary."""
        job = next(thing for thing in yaml.safe_load_all(
            shipped("disaster-recovery/multi-region-setup.yaml")) if thing["kind"] == "CronJob")
        pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        command = [self.path("pg1.json") if word == "/etc/patroni/patroni.yml" else word
                   for word in pod["containers"][0]["command"]]
        plans.run(command, None, "postgres")
        stack.expect("no primary", lambda: look.primary(self), self, "pg1")

    def open_shop(self):
        """What overlays/production starts: poolers, migrations, services, gateway."""
        stack.expect("nobody tells pgbouncer of the primary", lambda: os.path.exists(
            self.path("pooler", "primary.ini")), self, "pg1")
        processes.start(self, self.pooler_part())
        stack.expect("pgbouncer reaches no primary",
                     lambda: look.describe(self, self.pooler_part())[0], self, "pgbouncer")
        stack.migrate(self)
        # Those of the orders that are lost, and more: nobody may be told a number twice.
        plans.run([self.path("souk"), "numbers", "--skip", "10000"],
                  self.service_environment("order", 0), "www-data")
        for service in plans.SERVICES:
            for part in self.service_parts(service):
                processes.start(self, part)
        for service in plans.SERVICES:
            stack.all_well(self, self.service_parts(service))
        stack.start_gateway(self)


# The first one's end.

def lose(plan):
    """Every process of a region at once."""
    pids = [processes.pid_of(plan, part.name) for part in plan.parts()]
    for node in plans.NODES:
        faults.kill_postgres(plan, node)
    for pid in filter(None, pids):
        processes.kill(pid)


def begin_again(plan):
    """The first region, as a stack that others may break: what it had, it has."""
    groups = [plan.etcd_parts() + plan.cache_parts(), plan.database_parts(),
              [plan.pooler_part()] + [part for service in plans.SERVICES
                                      for part in plan.service_parts(service)],
              [plan.gateway_part()]]
    for parts in groups:
        for part in parts:
            processes.start(plan, part)
        stack.all_well(plan, parts)


class RegionDrill(drills_of_one.Drill):
    """Shoppers of the first region, then of the second; what the second has of the first's."""

    def __init__(self, plan, options):
        super().__init__(plan, options)
        self.first, self.second = plan, Second(plan)
        self.after = loads.Load(self.second.port, self.load.run_id + "B", options.seed + 1,
                                self.load.shopper_count)
        self.after.sku = self.load.sku

    async def run(self):
        await asyncio.to_thread(self.prepare)
        ended = await self.sell_in_first()
        heard = await self.go_over(ended)
        await self.sell_in_second(ended)
        self.check_answers()
        # Each accepted order is paid by now, or comes to nothing.
        missing = await self.check_missing(ended, heard)
        await self.check_repeats(missing)
        self.check_books()
        self.plan = self.second  # whose audit counts
        self.audit()
        self.plan = self.first
        await asyncio.to_thread(self.clean_up)
        self.tell_taken(missing)

    def prepare(self):
        began = time.monotonic()
        repository = Repository(self.first)
        repository.write_settings(self.first)
        self.undo += [lambda: archive(self.first, False), lambda: begin_again(self.first),
                      self.remove]
        archive(self.first, True)
        repository.back_up(self.first)
        print("%5.1f s  the first region archives, and is backed up" % (time.monotonic() - began))
        self.second.make(repository)
        self.second.start()
        print("%5.1f s  the second follows" % (time.monotonic() - began), flush=True)

    def remove(self):
        if os.path.exists(self.second.folder):
            shutil.copytree(self.second.path("log"), self.first.path("log", "second"),
                            dirs_exist_ok=True)
            stack.stop(self.second)
        shutil.rmtree(self.first.path("repository"), ignore_errors=True)

    async def sell_in_first(self):
        """Returns when it was lost."""
        heard, _ = self.second.heard_of()
        began = time.time()
        await self.load.start()
        await asyncio.sleep(SELL_S)
        follows = await faults.until(lambda: self.second.heard_of()[0] > max(began, heard),
                                     FOLLOW_S)
        self.promise(follows, "the second region hears of what is sold in the first")
        ended = time.time()
        await asyncio.to_thread(lose, self.first)
        self.load.done.set()
        pending = self.load.tasks
        while pending:  # one that is answered just then may not hear it
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=1)
        print("the first region is lost; %d orders were acknowledged"
              % len(self.acknowledged()), flush=True)
        return ended

    async def go_over(self, ended):
        """Returns the last moment that the second had heard of."""
        heard = self.second.heard_of()
        for _ in range(30):  # what is in the repository is read before anybody promotes
            await asyncio.sleep(2)
            before, heard = heard, self.second.heard_of()
            if heard == before:
                break
        lag = ended - heard[0]
        self.promise(lag <= LAG_S, "the second region lacks the last %.1f s (at most %d)"
                     % (lag, LAG_S))
        since = time.monotonic()
        await asyncio.to_thread(self.second.promote)
        print("promoted after %.1f s" % (time.monotonic() - since), flush=True)
        await asyncio.to_thread(self.second.open_shop)
        print("and open after %.1f s" % (time.monotonic() - since), flush=True)
        self.result["lag_s"] = lag
        return heard[0]

    async def sell_in_second(self, ended):
        offset = time.time() - time.monotonic()
        await self.after.start()
        await asyncio.sleep(SOLD_S)
        await self.after.stop()
        self.after.describe()
        first = {what: min(moments, default=time.monotonic()) + offset - ended
                 for what, moments in (("carts_s", self.after.cart_moments()),
                                       ("orders_s", self.after.order_moments()))}
        self.result.update(first, requests=self.load.requests() + self.after.requests(),
                           failures=sum(self.after.failures.values()))
        self.promise_time(first["orders_s"], "no order was taken for %.1f s (at most %d)")
        await self.check_orders()

    async def check_orders(self):
        """Of those that were placed in the second region."""
        count = await shoppers.check_orders(self.second.port, self.after.results,
                                            self.after.sku("SCARCE"), loads.SCARCE_STOCK)
        self.result["orders"] = count
        self.promise(count > 0, "the second region sold %d orders" % count)
        first, second = ({document["number"] for _, status, document, _, _ in load.results.values()
                          if status in (201, 202)} for load in (self.load, self.after))
        self.promise(not first & second, "%d numbers of orders were told in both regions"
                     % len(first & second))

    def check_answers(self):
        for load in (self.load, self.after):
            ours = sum(count for (status, _, _), count in load.failures.items() if status == 500)
            self.promise(ours == 0, "%d answers were 500" % ours)
        failed = sum(self.after.failures.values())
        self.promise(failed == 0, "%d requests of the second region failed" % failed)

    # What there is of the first region's orders.

    def acknowledged(self):
        """{id: (the shopper's name, the moment)}."""
        offset = time.time() - time.monotonic()
        return {document["id"]: (name, ended + offset)
                for name, (_, status, document, _, ended) in self.load.results.items()
                if status in (201, 202)}

    def ask_second(self, statement):
        return (look.sql(self.second, statement) or "").split()

    async def check_missing(self, ended, heard):
        """Ids of orders that were acknowledged and are lost."""
        known = self.acknowledged()
        like = "email LIKE '%s-%%'" % self.load.run_id.lower()
        stored = set(self.ask_second("SELECT id FROM souk_order.orders WHERE " + like))
        missing = {order: at for order, (_, at) in known.items() if order not in stored}
        early = [order for order, at in missing.items() if at <= heard]
        self.promise(not early, "%d of %d acknowledged orders are lost, %d of them from before the"
                     " last moment that was heard of" % (len(missing), len(known), len(early)))
        print("        the first lost one was acknowledged %.1f s before the end, the last one that"
              " is there %.1f s" % (
                  ended - min(missing.values(), default=ended),
                  ended - max((at for order, (_, at) in known.items() if order in stored),
                              default=0)))
        open_ones = "SELECT COUNT(*) FROM souk_order.orders WHERE state = 'pending_payment'"
        done = await faults.until(lambda: self.ask_second(open_ones) == ["0"], 60)
        self.promise(done, "each order that is there is paid, or came to nothing")
        self.result.update(lost=len(missing), acknowledged=len(known))
        return missing

    async def check_repeats(self, missing):
        """Who got no answer asks again, in the other region, with the same key."""
        known = [(order, name) for order, (name, _) in self.acknowledged().items()
                 if order not in missing]
        asked = random.Random(self.options.seed).sample(known, min(REPEATED, len(known)))
        client, same = Client(self.second.port), 0
        for order, name in asked:
            cart = self.ask_second("SELECT cart_id FROM souk_order.orders WHERE id = '%s'" % order)
            _, document = await client.ask("POST", "/api/v1/orders", order_of(cart[0], name),
                                           [("Idempotency-Key", name + "-order")])
            same += bool(document) and document.get("id") == order
        client.close()
        self.promise(same == len(asked) > 0, "%d of %d orders are answered again to who repeats"
                     " them with their key" % (same, len(asked)))

    def check_books(self):
        """Both regions' orders, in the second's books."""
        like = "o.email LIKE '%s%%'" % self.load.run_id.lower()
        paid = self.ask_second("SELECT COUNT(*), COUNT(DISTINCT email) FROM souk_order.orders o"
                               " WHERE state = 'paid' AND " + like)
        charges = self.ask_second(
            "SELECT COUNT(*), COUNT(DISTINCT o.id) FROM souk_payment.test_provider_charge c"
            " JOIN souk_payment.payment p ON p.idempotency_key::text = c.idempotency_key"
            " JOIN souk_order.orders o ON o.id = p.order_id WHERE c.state = 'captured' AND " + like)
        orders, emails = (paid or ["?|?"])[0].split("|")
        self.promise(charges == ["%s|%s" % (orders, orders)] and orders == emails,
                     "%s orders are paid, of %s shoppers; charges, and orders that have one: %s"
                     % (orders, emails, charges))
        sold = self.ask_second(
            "SELECT COUNT(*) FROM souk_order.orders o JOIN souk_order.order_item i ON"
            " i.order_id = o.id WHERE o.state = 'paid' AND i.sku = '%s'" % self.load.sku("SCARCE"))
        self.promise(bool(sold) and int(sold[0]) <= loads.SCARCE_STOCK,
                     "%s of %d scarce pieces are sold" % (sold, loads.SCARCE_STOCK))

    def tell_taken(self, missing):
        """The first region's record stands for what a provider, who is elsewhere, still knows."""
        ids = ", ".join("'%s'" % order for order in missing) or "NULL"
        taken = look.sql(self.first, "SELECT COUNT(*) FROM souk_payment.test_provider_charge c JOIN"
                         " souk_payment.payment p ON p.idempotency_key::text = c.idempotency_key"
                         " WHERE c.state = 'captured' AND p.order_id IN (%s)" % ids)
        print("told    the provider took %s payments for the %d orders that are lost"
              % (taken, len(missing)))
        self.promise(look.table(self.first, 60), "the first region is a stack again")
