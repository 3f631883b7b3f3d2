"""Runs Pods of the manifests under podman as a kubelet would: what a Pod's text says of its user,
rights, file system, environment, volumes, limits and probes is what the containers get.

What is not done: restarts by a probe, priorities, spread over nodes, network policies, service
accounts. The cluster's names are lines of /etc/hosts, for a Pod each.
"""
import http.client
import json
import os
import re
import socket
import sys
import time
import urllib.error
import urllib.request

import containers

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../deploy/checks"))
from kube.world import at, name_of, number  # noqa: E402


class Refused(Exception):
    """A Pod that asks for what this cannot give."""


def write(path, content, mode, group):
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    os.chown(path, 0, group)
    os.chmod(path, mode)


class Cluster:
    """The objects of an overlay, with what only a cluster has: images, addresses, claims' folders.

    image(NAME) is the image of this machine for what a manifest names; a container is left out
    where there is none.
    """

    def __init__(self, world, folder, image, network, subnet):
        self.world, self.folder, self.image, self.network = world, folder, image, network
        self.subnet, self.hosts, self.addresses, self.left_out = subnet, [], {}, set()
        self.claims = {}  # name: what podman mounts
        for name in ("claims", "pods"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
            os.chmod(os.path.join(folder, name), 0o755)

    def address(self, pod, *aliases):
        """Gives a Pod an address, under its own name and those of its Services."""
        self.addresses[pod] = "%s.%d" % (self.subnet, 10 + len(self.addresses))
        for alias in (pod, *aliases):
            self.hosts.append((alias, self.addresses[pod]))
        return self.addresses[pod]

    def claim(self, name, group):
        """What is mounted of a claim; a folder is made for one that is not there yet."""
        if name not in self.claims:
            path = os.path.join(self.folder, "claims", name)
            os.makedirs(path)
            own(path, group, 0o2775)
            self.claims[name] = path
        return self.claims[name]

    def template(self, kind, name):
        for pod in self.world.pods():
            if pod.kind == kind and pod.name == name and pod.namespace == "ecommerce":
                return pod
        sys.exit("kube-play: the overlay has no %s %s" % (kind, name))


def own(path, group, mode):
    os.chown(path, 0, group)
    os.chmod(path, mode)


def answer(probe, container, host, ports):
    """None when a probe of a container says yes, else why not; `ports` by their names."""
    limit = probe.get("timeoutSeconds", 1)
    if "exec" in probe:
        status, said = containers.run("exec", container, *probe["exec"]["command"], check=False)
        return None if status == 0 else said.strip() or str(status)
    try:
        if "tcpSocket" in probe:
            port = probe["tcpSocket"]["port"]
            socket.create_connection((host, ports.get(port, port)), limit).close()
            return None
        asked = probe["httpGet"]
        url = "http://%s:%s%s" % (host, ports.get(asked["port"], asked["port"]), asked["path"])
        with urllib.request.urlopen(url, timeout=limit) as said:
            return None if said.status < 400 else str(said.status)
    except urllib.error.HTTPError as error:
        return str(error.code)
    except (OSError, http.client.HTTPException) as error:
        return str(error)


class Running:
    """A Pod: start() brings it up in the order of its containers and waits until it is ready."""

    def __init__(self, cluster, template, name, environment=None, folders=None):
        """`environment` is put over the manifest's (None takes a variable away); `folders` are
        mounted beside its volumes: {path inside: path here}."""
        self.cluster, self.template, self.name = cluster, template, name
        self.more, self.folders = environment or {}, folders or {}
        self.spec, self.podman_name = template.spec, containers.PREFIX + name
        self.folder = os.path.join(cluster.folder, "pods", name)
        self.address = cluster.addresses.get(name) or cluster.address(name)
        self.fs_group = at(self.spec, "securityContext.fsGroup", 0)
        self.empty_folders = []  # (path, most bytes)

    # What a container gets.

    def variables(self, container):
        found = {}
        for source in container.get("envFrom", []):
            for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if key in source:
                    data = self.world_data(kind, source[key]["name"])
                    found.update({source.get("prefix", "") + name: value
                                  for name, value in data.items()})
        for entry in container.get("env", []):
            found[entry["name"]] = self.expanded(self.value(entry), found)
        found.update(self.more)
        return {name: value for name, value in found.items() if value is not None}

    def world_data(self, kind, name):
        data = self.cluster.world.data_of(kind, name, self.template.namespace)
        if data is None:
            raise Refused("%s: there is no %s %s" % (self.name, kind, name))
        return data

    def value(self, entry):
        source = entry.get("valueFrom")
        if source is None:
            return str(entry.get("value", ""))
        if "fieldRef" in source:
            return {"metadata.name": self.name, "metadata.namespace": self.template.namespace,
                    "status.podIP": self.address}[source["fieldRef"]["fieldPath"]]
        for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            if key in source:
                return self.world_data(kind, source[key]["name"])[source[key]["key"]]
        raise Refused("%s: %s comes from nowhere" % (self.name, entry["name"]))

    @staticmethod
    def expanded(text, variables):
        """$(NAME), as Kubernetes does it: of those before; what is not known stays."""
        return re.sub(r"\$\((\w+)\)", lambda found: variables.get(found[1], found[0]), text)

    def make_volumes(self):
        """{name: words after --mount}; `destination` and `ro` are put behind."""
        os.makedirs(self.folder)
        os.chmod(self.folder, 0o755)
        found = {}
        for volume in self.spec.get("volumes", []):
            name, path = volume["name"], os.path.join(self.folder, volume["name"])
            if "persistentVolumeClaim" in volume:
                found[name] = self.cluster.claim(volume["persistentVolumeClaim"]["claimName"],
                                                 self.fs_group)
            elif at(volume, "emptyDir.medium") == "Memory":
                found[name] = "tmpfs:%d" % number(at(volume, "emptyDir.sizeLimit", "64Mi"))
            elif "emptyDir" in volume:
                os.mkdir(path)
                own(path, self.fs_group, 0o2777 if self.fs_group else 0o777)
                self.empty_folders.append((path, number(at(volume, "emptyDir.sizeLimit", "1Gi"))))
                found[name] = path
            elif "ephemeral" in volume:
                found[name] = self.cluster.claim("%s-%s" % (self.name, name), self.fs_group)
            elif "configMap" in volume or "secret" in volume:
                self.write_files(path, volume)
                found[name] = path
            else:
                raise Refused("%s: what is the volume %s?" % (self.name, name))
        for claim in at(self.template.owner, "spec.volumeClaimTemplates", []):
            name = name_of(claim)
            found[name] = self.cluster.claim("%s-%s" % (name, self.name), self.fs_group)
        return found

    def write_files(self, path, volume):
        kind = "ConfigMap" if "configMap" in volume else "Secret"
        source = volume["configMap" if kind == "ConfigMap" else "secret"]
        data = self.world_data(kind, source.get("name") or source["secretName"])
        os.mkdir(path)
        own(path, self.fs_group, 0o755)
        mode = source.get("defaultMode", 0o644)
        mode = int(str(mode), 8) if isinstance(mode, str) else mode
        for item in source.get("items") or [{"key": key, "path": key} for key in data]:
            # A Pod's group may read what its owner may.
            write(os.path.join(path, item["path"]), data[item["key"]],
                  mode | 0o440 if self.fs_group else mode, self.fs_group)

    def mounts(self, container, volumes):
        words = []
        for mount in sorted(container.get("volumeMounts", []), key=lambda one: one["mountPath"]):
            source, at_path = volumes[mount["name"]], mount["mountPath"]
            if "subPath" in mount:
                raise Refused("%s: a part of a volume" % self.name)
            if source.startswith("tmpfs:"):
                words += ["--mount", "type=tmpfs,destination=%s,tmpfs-size=%s,tmpfs-mode=1777"
                          % (at_path, source.partition(":")[2])]
            else:
                files = any(volume["name"] == mount["name"] and
                            ("configMap" in volume or "secret" in volume)
                            for volume in self.spec.get("volumes", []))
                words += ["--volume", "%s:%s%s" % (
                    source, at_path, ":ro" if mount.get("readOnly") or files else "")]
        for inside, here in self.folders.items():
            words += ["--volume", "%s:%s" % (here, inside)]
        return words

    def locks(self, container):
        """The Pod's and the container's securityContext."""
        context = {**self.spec.get("securityContext", {}), **container.get("securityContext", {})}
        words = ["--user", "%d:%d" % (context["runAsUser"], context["runAsGroup"])]
        if self.fs_group:
            words += ["--group-add", str(self.fs_group)]
        if context.get("readOnlyRootFilesystem"):
            words += ["--read-only", "--read-only-tmpfs=false"]
        if context.get("allowPrivilegeEscalation") is False:
            words += ["--security-opt", "no-new-privileges"]
        for capability in at(context, "capabilities.drop", []):
            words += ["--cap-drop", capability.lower()]
        for capability in at(context, "capabilities.add", []):
            words += ["--cap-add", capability.lower()]
        if at(context, "seccompProfile.type") != "RuntimeDefault":
            words += ["--security-opt", "seccomp=unconfined"]
        return words

    def limits(self, container):
        words = []
        memory, cpu = at(container, "resources.limits.memory"), at(container,
                                                                   "resources.requests.cpu")
        if memory:
            words += ["--memory", "%d" % number(memory), "--memory-swap", "%d" % number(memory)]
        if cpu:
            words += ["--cpu-shares", "%d" % max(2, number(cpu) * 1024)]
        return words

    def arguments(self, container, volumes):
        """What stands after `podman run` but for how it is waited for."""
        variables = self.variables(container)
        words = ["--pod", self.podman_name, "--name", self.container(container), "--pull=never",
                 "--stop-timeout", str(self.spec.get("terminationGracePeriodSeconds", 30))]
        words += self.locks(container) + self.limits(container)
        words += self.mounts(container, volumes)
        for name, value in variables.items():
            words += ["--env", "%s=%s" % (name, value)]
        command = [self.expanded(word, variables) for word in container.get("command", [])]
        if command:
            words += ["--entrypoint", json.dumps(command)]
        return words + [self.cluster.image(container["image"])] + [
            self.expanded(word, variables) for word in container.get("args", [])]

    def container(self, container):
        return "%s-%s" % (self.podman_name, container["name"])

    def containers(self):
        """Those that there is an image of."""
        for container in self.spec["containers"]:
            if self.cluster.image(container["image"]) is None:
                self.cluster.left_out.add("%s (%s)" % (container["name"], container["image"]))
                continue
            yield container

    # Its life.

    def create(self):
        words = []
        for name, address in self.cluster.hosts:
            if name != self.name:
                words += ["--add-host", "%s:%s" % (name, address)]
        # What is not in the list is not there: nobody else is asked.
        containers.run("pod", "create", "--name", self.podman_name, "--hostname", self.name,
                       "--dns", "127.0.0.1", "--network", self.cluster.network, "--ip",
                       self.address, *words)
        return self.make_volumes()

    def start(self):
        volumes = self.create()
        for container in self.spec.get("initContainers", []):
            self.finish(container, volumes)
        for container in self.containers():
            containers.run("run", "--detach", "--restart", "always",
                           *self.arguments(container, volumes))
        return self

    def finish(self, container, volumes):
        """Runs a container to its end; it must end well. Returns what it said."""
        status, said = containers.run("run", *self.arguments(container, volumes), check=False,
                                      timeout=300)
        if status != 0:
            raise Refused("%s: %s ended with %d: %s" % (self.name, container["name"], status,
                                                       said[-1500:]))
        return said

    def run_to_end(self):
        """A job's Pod: its containers one after the other; {container: what it said}."""
        volumes = self.create()
        return {container["name"]: self.finish(container, volumes)
                for container in self.containers()}

    def wait_ready(self):
        """Until each container's startup probe, then its readiness probe said yes."""
        for container in self.containers():
            started = time.monotonic()
            for kind in ("startupProbe", "readinessProbe"):
                self.wait_for(container, kind)
            self.ready_s = time.monotonic() - started
        return self

    def wait_for(self, container, kind):
        probe = container.get(kind)
        if probe is None:
            return
        period, most = probe.get("periodSeconds", 10), probe.get("failureThreshold", 3)
        if kind == "readinessProbe":  # one that fails is asked again for as long as it is not ready
            most = max(most, 240 // period)
        for attempt in range(most):
            said = self.probe(container, probe)
            if said is None:
                return
            time.sleep(min(period, 1) if attempt < 10 else period)
        raise Refused("%s: the %s of %s says %s; its log ends:\n%s" % (
            self.name, kind, container["name"], said, containers.log(self.container(container))))

    def probe(self, container, probe):
        """None when it says yes, else why not."""
        ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        return answer(probe, self.container(container), self.address, ports)

    def stop(self):
        """Ends it as a kubelet would; {container: exit status}."""
        containers.run("pod", "stop", self.podman_name, check=False, timeout=200)
        states = {container["name"]: containers.inspect(self.container(container))["State"]
                  for container in self.containers()}
        return {name: state["ExitCode"] for name, state in states.items()}

    def too_full(self):
        """Sentences on folders that have more in them than they may."""
        for path, most in self.empty_folders:
            size = sum(os.lstat(os.path.join(folder, file)).st_blocks * 512
                       for folder, _, files in os.walk(path) for file in files)
            if size > most:
                yield "%s has %d bytes, more than %d" % (path, size, most)


# What holds inside.

HARMLESS = re.compile(r"/(proc|sys|dev)(/|$)")


def status_of(process):
    with open("/proc/%d/status" % process, encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def processes_of(container):
    """Every process of a container, by its control group."""
    first = containers.pid(container)
    with open("/proc/%d/cgroup" % first, encoding="ascii") as file:
        group = {line.split(":", 2)[2] for line in file if container_group(line)}
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/cgroup" % name, encoding="ascii") as file:
                    if group & {line.split(":", 2)[2] for line in file}:
                        found.append(int(name))
            except OSError:
                pass
    return first, found


def container_group(line):
    return "libpod-" in line


def writable_mounts(process):
    with open("/proc/%d/mountinfo" % process, encoding="utf-8") as file:
        for line in file:
            fields = line.split()
            if "rw" in fields[5].split(",") and not HARMLESS.match(fields[4]):
                yield fields[4]


def faults_inside(container, may_write):
    """Sentences on a container that is not locked as every one of ours is: its processes are
    nobody's, have no right and can get none, and write where a volume is and nowhere else."""
    first, processes = processes_of(container)
    if first not in processes:
        yield "%s: it has no process" % container
    for process in processes:
        try:
            status = status_of(process)
        except OSError:
            continue  # it has ended
        for field in ("Uid", "Gid"):
            if "0" in status[field].split():
                yield "%s: a process is root (%s)" % (container, field)
        for field in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            if int(status[field], 16) != 0:
                yield "%s: %s is %s" % (container, field, status[field])
        if status["NoNewPrivs"].strip() != "1":
            yield "%s: it may get new rights" % container
        if status["Seccomp"].strip() != "2":
            yield "%s: system calls are not filtered" % container
    for path in writable_mounts(first):
        if path not in may_write:
            yield "%s: %s can be written" % (container, path)
