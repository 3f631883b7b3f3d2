"""The overlay `single` under `podman kube play`: it sells, it survives a kill, it is backed up."""
import os
import signal
import time

import yaml

import containers
import overlays
import pods
from shopper import Shop

STAFF = "ada@example.com"
POD = "shop-pod-0"


def renamed(volumes):
    return {volume["name"]: containers.PREFIX + volume["name"] for volume in volumes}


def for_podman(world, port):
    """What podman 4.3 understands of the overlay, with names of ours, and what it cannot changed:
    probes (it would run curl in the container; here the kubelet's part is done from outside), a
    Secret in envFrom (it is given as a ConfigMap), the node port (a port of this host)."""
    secrets = {thing["metadata"]["name"] for thing in world.of("Secret")}
    for thing in world.of("PersistentVolumeClaim", "ConfigMap", "Secret"):
        if thing["kind"] == "Secret":
            thing = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": thing["metadata"],
                     "data": world.data_of("Secret", thing["metadata"]["name"], "ecommerce")}
        elif thing["kind"] == "PersistentVolumeClaim":
            thing["metadata"]["name"] = containers.PREFIX + thing["metadata"]["name"]
        yield thing
    deployment = world.find("Deployment", "shop")
    deployment["metadata"]["name"] = containers.PREFIX + "shop"
    spec = deployment["spec"]["template"]["spec"]
    names = renamed(spec["volumes"])
    for volume in spec["volumes"]:
        volume["name"] = names[volume["name"]]
        if "persistentVolumeClaim" in volume:
            claim = volume["persistentVolumeClaim"]
            claim["claimName"] = containers.PREFIX + claim["claimName"]
    for container in spec["containers"]:
        container["image"] = overlays.image(container["image"])
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            container.pop(probe, None)
        for mount in container["volumeMounts"]:
            mount["name"] = names[mount["name"]]
        for source in container["envFrom"]:
            if source.get("secretRef", {}).get("name") in secrets:
                source["configMapRef"] = source.pop("secretRef")
        container["ports"][0].update(hostIP="127.0.0.1", hostPort=port)
    yield deployment


def start(world, folder, network, port):
    file = os.path.join(folder, "single.yaml")
    with open(file, "w", encoding="utf-8") as out:
        yaml.safe_dump_all(for_podman(world, port), out)
    containers.run("kube", "play", "--network", network, file)


def ready(container, port, limit_s=60):
    """Whether the manifest's own readiness probe says yes in time."""
    return containers.wait_until(
        lambda: pods.answer(container["readinessProbe"], None, "127.0.0.1", {"http": port}) is None,
        limit_s, 0.1)


def kill(container):
    """Ends the container's first process as nothing else does; podman starts it again, for the
    manifest's restartPolicy says so."""
    first = containers.pid(container)
    os.kill(first, signal.SIGKILL)
    assert containers.wait_until(lambda: containers.pid(container) not in (0, first), 30), \
        "it was not started again"


def back_up(verdict, folder, network, subnet):
    """The overlay's CronJob, beside the running shop."""
    world = overlays.world("single")
    cluster = pods.Cluster(world, os.path.join(folder, "jobs"), overlays.image, network, subnet)
    for claim in ("shop", "shop-backup"):
        cluster.claims[claim] = containers.PREFIX + claim
    # The shop's volume is another user's until the group of the claim is given, as a cluster does.
    place = containers.out("volume", "inspect", "--format", "{{.Mountpoint}}",
                           containers.PREFIX + "shop-backup")
    os.chown(place, 0, 65532)
    os.chmod(place, 0o2775)
    job = pods.Running(cluster, cluster.template("CronJob", "backup"), "backup-1")
    said = verdict.tried("the CronJob's container copies the database of the running shop",
                         job.run_to_end)
    copies = [name for name in os.listdir(place) if name.endswith(".db")]
    verdict.hold("the copy is there, sound by SQLite's own check", said and len(copies) == 1,
                 copies)


def play(verdict, folder, network, subnet):
    os.makedirs(folder)
    port = overlays.free_ports(1)[0]
    world = overlays.world("single")
    container = overlays.world("single").find("Deployment", "shop")[
        "spec"]["template"]["spec"]["containers"][0]
    running = "%s%s-souk" % (containers.PREFIX, POD)
    shop = Shop("127.0.0.1", port, "localhost:30080")
    began = time.monotonic()
    verdict.tried("podman kube play takes the overlay", lambda: start(world, folder, network, port))
    verdict.hold("its readiness probe says yes", ready(container, port),
                 containers.log(running))
    print("         ready after %.1f s" % (time.monotonic() - began))
    verdict.none_of("it is nobody's, without any right, and writes to its volumes alone",
                    pods.faults_inside(running, {"/data", "/tmp"}))
    verdict.tried("souk seed fills it, in the container",
                  lambda: containers.run("exec", running, "souk", "seed"))
    password = containers.out("exec", running, "souk", "admin", STAFF).split()[-1]
    order = verdict.tried("a guest buys something", lambda: shop.buy("ann"))
    verdict.hold("the order is paid", order and shop.state(order) == "paid")
    verdict.hold("staff see it", order and shop.get(
        "/api/v1/admin/orders/" + order["id"],
        headers=shop.staff(STAFF, password))["number"] == order["number"])
    verdict.tried("a picture of the catalogue is there", shop.pictures)
    verdict.tried("souk audit finds nothing, in the container",
                  lambda: containers.run("exec", running, "souk", "audit"))
    back_up(verdict, folder, network, subnet)
    verdict.tried("its first process is killed, and it is started again", lambda: kill(running))
    verdict.hold("its readiness probe says yes again", ready(container, port),
                 containers.log(running))
    verdict.hold("the order is there", order and shop.state(order) == "paid")
    verdict.tried("another is bought", lambda: shop.buy("bob"))
    verdict.tried("the audit finds nothing",
                  lambda: containers.run("exec", running, "souk", "audit"))
    containers.run("stop", "--time", "30", running)
    verdict.hold("told to end it ends by itself, with 0",
                 containers.inspect(running)["State"]["ExitCode"] == 0)
    containers.run("pod", "rm", "--force", "--time", "2", containers.PREFIX + POD)
