"""The overlay `production`, a Pod at a time: everything of it that there is an image of here."""
import concurrent.futures
import json
import os
import re
import time
import urllib.request

import containers
import overlays
import pods
from shopper import Shop

STAFF = "ada@example.com"
SERVICES = ("user", "product", "order", "payment", "inventory", "notification")
REDIS = ["redis-%d" % i for i in range(6)]
MEMCACHED = ["memcached-%d" % i for i in range(2)]
MEMBERS = ["postgresql-%d" % i for i in range(4)]
REPOSITORY = "/souk"  # PGBACKREST_REPO1_PATH
ATTACK = "%27%20UNION%20SELECT%20password%20FROM%20account--"
PAGES = ("api-gateway", "frontend", "admin-dashboard")


class Platform:
    def __init__(self, folder, network, subnet):
        self.cluster = pods.Cluster(overlays.world("production", True), folder, overlays.image,
                                    network, subnet)
        self.running = {}
        address = self.cluster.address
        self.etcd = address("etcd")
        for i, name in enumerate(REDIS):
            address(name, name + ".redis-nodes", *(["redis"] if i == 0 else []))
        for name in MEMCACHED:
            address(name, name + ".memcached")
        # The Service `postgresql` is whoever leads: the first, which makes the database.
        for i, name in enumerate(MEMBERS):
            address(name, name + ".postgresql-members", *(["postgresql"] if i == 0 else []))
        for name in ["pgbouncer", *(service + "-service" for service in SERVICES), *PAGES]:
            address(name)

    def start(self, kind, owner, name=None, **options):
        template = self.cluster.template(kind, owner)
        pod = pods.Running(self.cluster, template, name or owner, **options)
        self.running[pod.name] = pod
        pod.start()
        return pod

    def repository(self):
        """Where backups go: a folder instead of an object store, which the manifests name."""
        path = os.path.join(self.cluster.folder, "repository")
        if not os.path.exists(path):
            os.mkdir(path)
            pods.own(path, 65532, 0o2770)
        return {"environment": dict(
            {"PGBACKREST_REPO1_S3_" + name: None for name in ("BUCKET", "ENDPOINT", "REGION")},
            PGBACKREST_REPO1_TYPE="posix"), "folders": {REPOSITORY: path}}

    def start_all(self, kind, owner_of, **options):
        """Starts Pods beside each other, and waits until all are ready."""
        with concurrent.futures.ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda name: self.start(kind, owner_of(name), name, **options),
                                     owner_of.names))
            list(threads.map(lambda pod: pod.wait_ready(), found))

    def job(self, kind, owner, **options):
        return pods.Running(self.cluster, self.cluster.template(kind, owner), owner + "-1",
                            **options).run_to_end()

    def start_etcd(self):
        """Stands in for the store that Patroni has in Kubernetes' API; locked as all others are."""
        data = os.path.join(self.cluster.folder, "etcd")
        os.mkdir(data)
        pods.own(data, 65532, 0o2770)
        url = "http://%s:2379" % self.etcd
        containers.run("run", "--detach", "--name", containers.PREFIX + "etcd", "--network",
                       self.cluster.network, "--ip", self.etcd, "--user", "65532:65532",
                       "--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges",
                       "--volume", data + ":/data", overlays.OTHERS, "etcd", "--data-dir",
                       "/data/etcd", "--listen-client-urls", "http://0.0.0.0:2379",
                       "--advertise-client-urls", url)

    def start_database(self):
        """The members as they are, but that Patroni is told of etcd; it prefers that."""
        options = self.repository()
        options["environment"]["PATRONI_ETCD3_HOST"] = self.etcd + ":2379"
        first, *others = MEMBERS
        self.start("StatefulSet", "postgresql", first, **options).wait_ready()
        self.start_all("StatefulSet", Names(others, "postgresql"), **options)

    def roles(self):
        """Those of the members that run, as Patroni says."""
        address = self.cluster.addresses[MEMBERS[0]]
        with urllib.request.urlopen("http://%s:8008/cluster" % address, timeout=5) as answer:
            return [member["role"] for member in json.load(answer)["members"]
                    if member["state"] in ("running", "streaming")]


class Names:
    """Pods and the workloads that they are of."""

    def __init__(self, names, owner=None):
        self.names, self.owner = names, owner

    def __call__(self, name):
        return self.owner or name


def start_data(verdict, platform):
    verdict.tried("etcd starts", platform.start_etcd)
    with concurrent.futures.ThreadPoolExecutor() as meanwhile:
        database = meanwhile.submit(platform.start_database)
        verdict.tried("six of Redis are ready",
                      lambda: platform.start_all("StatefulSet", Names(REDIS, "redis")))
        verdict.tried("two of Memcached are ready",
                      lambda: platform.start_all("StatefulSet", Names(MEMCACHED, "memcached")))
        verdict.tried("the Job redis-form-cluster makes them one cluster",
                      lambda: platform.job("Job", "redis-form-cluster"))
        verdict.tried("four of PostgreSQL are ready, under Patroni", database.result)
    wanted = ["leader", "replica", "sync_standby", "sync_standby"]
    found = containers.wait_until(lambda: sorted(platform.roles()) == wanted, 30)
    verdict.hold("one leads, three follow it, two of them synchronously", found, platform.roles())
    verdict.tried("pgbouncer is ready",
                  lambda: platform.start("Deployment", "pgbouncer").wait_ready())
    verdict.tried("the Job database-migrations makes six schemas and roles",
                  lambda: platform.job("Job", "database-migrations"))


def start_shop(verdict, platform):
    services = Names([service + "-service" for service in SERVICES])
    verdict.tried("six services are ready", lambda: platform.start_all("Deployment", services))
    verdict.tried("gateway, storefront and dashboard are ready",
                  lambda: platform.start_all("Deployment", Names(PAGES)))
    verdict.tried("the CronJob data-seeding makes the demo shop",
                  lambda: platform.job("CronJob", "data-seeding"))


def may_write(pod, container):
    kinds = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
    return {re.sub("^/var/run/", "/run/", mount["mountPath"])  # as the link in the image leads
            for mount in container.get("volumeMounts", []) if not mount.get("readOnly")
            and not {"configMap", "secret"} & set(kinds.get(mount["name"], {}))} | set(pod.folders)


def limits_kept(pod, container):
    """Sentences on what podman was told and the container has not."""
    found = containers.inspect(pod.container(container))
    wanted = container.get("resources", {}).get("limits", {}).get("memory")
    if wanted and found["HostConfig"]["Memory"] != int(pods.number(wanted)):
        yield "%s has %d bytes, not %s" % (pod.name, found["HostConfig"]["Memory"], wanted)
    if found["RestartCount"] != 0:
        yield "%s was started again %d times" % (pod.name, found["RestartCount"])


def look_inside(verdict, platform):
    count, faults, limits, full = 0, [], [], []
    for pod in platform.running.values():
        for container in pod.containers():
            count += 1
            faults += pods.faults_inside(pod.container(container), may_write(pod, container))
            limits += limits_kept(pod, container)
        full += pod.too_full()
    verdict.none_of("in all %d containers every process is nobody's, without any right, with system"
                    " calls filtered, and writes to its volumes alone" % count, faults)
    verdict.none_of("each has the memory that its manifest gives, and none was started again",
                    limits)
    verdict.none_of("no emptyDir is fuller than it may be", full)


def sell(verdict, platform):
    shop = Shop(platform.cluster.addresses["frontend"], 8080, "shop.example.com")
    said = containers.out("exec", containers.PREFIX + "user-service-souk", "souk", "admin", STAFF)
    page = verdict.tried("the storefront's page is there", lambda: shop.get("/"))
    verdict.tried("a picture of the catalogue is there", shop.pictures)
    order = verdict.tried("a guest buys something", lambda: shop.buy("ann"))
    verdict.hold("the order is paid", order and shop.state(order) == "paid")
    dashboard = Shop(platform.cluster.addresses["admin-dashboard"], 8080, "shop.example.com")
    verdict.hold("staff see it by way of the dashboard", order and dashboard.get(
        "/api/v1/admin/orders/" + order["id"],
        headers=dashboard.staff(STAFF, said.split()[-1]))["number"] == order["number"])
    return page is not None


def guard(verdict, platform):
    """The gateway with the firewall of its component: it reports; told to block, it does."""
    firewall = overlays.variation("firewall")
    address = platform.cluster.address
    for mode in ("report", "block"):
        template = next(pod for pod in firewall.pods() if pod.name == "api-gateway")
        arguments = template.spec["initContainers"][0]["args"]
        arguments[-1] = mode if arguments[-2] == "--firewall" else "the component is not in it"
        name = "firewall-" + mode
        address(name)
        pod = pods.Running(platform.cluster, template, name)
        if verdict.tried("the gateway starts with a firewall that is to %s" % mode,
                         lambda at=pod: at.start().wait_ready()) is None:
            continue
        platform.running[name] = pod
        shop = Shop(platform.cluster.addresses[name], 8080, "shop.example.com")
        status = shop.ask("GET", "/api/v1/products?q=" + ATTACK)[0]
        verdict.hold("an attack is answered with %d" % status,
                     status == (403 if mode == "block" else 200))
        verdict.hold("and told of in the log", "ModSecurity" in containers.log(
            pod.container(template.containers[0]), 200))
        order = verdict.tried("a guest buys something through it", lambda at=shop: at.buy(name))
        verdict.hold("and it is paid", order and shop.state(order) == "paid")


def back_up(verdict, platform):
    """As on Sunday night, and as on Saturday morning."""
    said = verdict.tried("the CronJob backup-full backs the database up, by way of a follower",
                         lambda: platform.job("CronJob", "backup-full", **platform.repository()))
    verdict.hold("it is there, and whole", said and "full backup: " in said["pgbackrest"], said)
    said = verdict.tried("the CronJob restore-test restores it, starts it and reads it",
                         lambda: platform.job("CronJob", "restore-test", **platform.repository()))
    verdict.hold("and says up to which moment", said and "restored up to " in said["restore"], said)


def degrade(verdict, platform):
    """Copies and the catalogue's cache are gone: slower, and that is all."""
    shop = Shop(platform.cluster.addresses["frontend"], 8080, "shop.example.com")
    names = [containers.PREFIX + name for name in REDIS + MEMCACHED]
    containers.run("pod", "kill", *names)
    order = verdict.tried("without Redis and Memcached a guest buys something",
                          lambda: shop.buy("eve"))
    verdict.hold("and it is paid", order and shop.state(order) == "paid")


def end(verdict, platform):
    """Services and pages end by themselves when they are told to."""
    names = [service + "-service" for service in SERVICES] + list(PAGES)
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        ends = dict(zip(names, threads.map(lambda name: platform.running[name].stop(), names)))
    verdict.none_of("told to end, services and pages end by themselves with 0",
                    ("%s: %s ended with %d" % (name, container, status)
                     for name, found in ends.items() for container, status in found.items()
                     if status != 0))


def play(verdict, folder, network, subnet):
    os.makedirs(folder)
    began = time.monotonic()
    platform = Platform(folder, network, subnet)
    start_data(verdict, platform)
    start_shop(verdict, platform)
    print("         all of it after %.1f s" % (time.monotonic() - began))
    sell(verdict, platform)
    guard(verdict, platform)
    look_inside(verdict, platform)
    verdict.tried("the CronJob report-audit finds nothing in any service",
                  lambda: platform.job("CronJob", "report-audit"))
    back_up(verdict, platform)
    degrade(verdict, platform)
    end(verdict, platform)
    if platform.cluster.left_out:
        print("         left out, for want of an image: "
              + ", ".join(sorted(platform.cluster.left_out)))
