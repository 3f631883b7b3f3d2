"""Rules about nodes: where every Pod can go, and what is left when a node or a zone is lost.

Nodes are data (nodes/OVERLAY.yaml). A Pod goes to a node that its selector, its required affinity
and its tolerations allow and that has the room; then required anti-affinity and spread over
topologies are kept, Pod by Pod. Placing is greedy, scarce Pods first: what it places fits, and what
it cannot place is told.
"""

from kube.capacity import share
from kube.world import at, expression_holds, labels_of, matches, name_of, number, rule

DO_NOT = "DoNotSchedule"


def tolerates(pod, taint):
    for one in pod.spec.get("tolerations", []):
        if one.get("effect") not in (None, "", taint["effect"]):
            continue
        if one.get("operator", "Equal") == "Exists" and one.get("key") in (None, "", taint["key"]):
            return True
        if one.get("key") == taint["key"] and one.get("value", "") == taint.get("value", ""):
            return True
    return False


def allowed(world, pod, node):
    """Selector, required node affinity, taints, and the volumes that are bound to a place."""
    if "nodeName" in pod.spec:
        return pod.spec["nodeName"] == name_of(node)
    labels = labels_of(node)
    if any(labels.get(key) != value for key, value in pod.spec.get("nodeSelector", {}).items()):
        return False
    affinity = (
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    )
    terms = at(pod.spec, affinity)
    if terms and not any(term_holds(term, labels) for term in terms):
        return False
    if not all(
        tolerates(pod, taint)
        for taint in at(node, "spec.taints", [])
        if taint["effect"] in ("NoSchedule", "NoExecute")
    ):
        return False
    return all(term_holds(term, labels) if term else True for term in volume_terms(world, pod))


def term_holds(term, labels):
    return all(expression_holds(one, labels) for one in term.get("matchExpressions", []))


def volume_terms(world, pod):
    """Where the PersistentVolumes lie that a Pod's claims name."""
    for volume in pod.spec.get("volumes", []):
        claim = world.find(
            "PersistentVolumeClaim",
            at(volume, "persistentVolumeClaim.claimName", ""),
            pod.namespace,
        )
        named = world.find("PersistentVolume", at(claim, "spec.volumeName", "")) if claim else None
        terms = at(named, "spec.nodeAffinity.required.nodeSelectorTerms", []) if named else []
        if len(terms) == 1:
            yield terms[0]


class Cluster:
    """Nodes with what is left on them, and who is where."""

    def __init__(self, nodes):
        self.nodes = nodes
        self.left = {
            name_of(node): {
                what: number(at(node, "status.allocatable." + what))
                for what in ("cpu", "memory", "pods")
            }
            for node in nodes
        }
        self.placed = []  # (pod, node)

    def count(self, selector, namespace, topology, value):
        return sum(
            1
            for pod, node in self.placed
            if pod.namespace == namespace
            and matches(selector, pod.labels)
            and labels_of(node).get(topology) == value
        )

    def has_room(self, pod, node):
        left, asked = self.left[name_of(node)], pod.requests()
        return (
            left["cpu"] >= asked["cpu"] - 1e-9
            and left["memory"] >= asked["memory"]
            and left["pods"] >= 1
        )

    def keeps_apart(self, pod, node):
        """Its own anti-affinity, and that of those who are there already."""
        path = "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution"
        for term in at(pod.spec, path, []):
            value = labels_of(node).get(term["topologyKey"])
            if self.count(term.get("labelSelector"), pod.namespace, term["topologyKey"], value):
                return False
        for other, there in self.placed:
            for term in at(other.spec, path, []):
                key = term["topologyKey"]
                if (
                    labels_of(there).get(key) == labels_of(node).get(key)
                    and other.namespace == pod.namespace
                    and matches(term.get("labelSelector"), pod.labels)
                ):
                    return False
        return True

    def keeps_near(self, pod, node):
        path = "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution"
        return all(
            self.count(
                term.get("labelSelector"),
                pod.namespace,
                term["topologyKey"],
                labels_of(node).get(term["topologyKey"]),
            )
            for term in at(pod.spec, path, [])
        )

    def keeps_spread(self, pod, node, candidates):
        for rule_ in pod.spec.get("topologySpreadConstraints", []):
            if rule_.get("whenUnsatisfiable") != DO_NOT:
                continue
            key = rule_["topologyKey"]
            values = {labels_of(one).get(key) for one in candidates} - {None}
            counts = {
                value: self.count(rule_.get("labelSelector"), pod.namespace, key, value)
                for value in values
            }
            mine = labels_of(node).get(key)
            least = min(counts.values(), default=0)
            if len(values) < rule_.get("minDomains", 1):
                least = 0
            if mine is None or counts[mine] + 1 - least > rule_["maxSkew"]:
                return False
        return True

    def place(self, world, pod):
        candidates = [node for node in self.nodes if allowed(world, pod, node)]
        fitting = [
            node
            for node in candidates
            if self.has_room(pod, node)
            and self.keeps_apart(pod, node)
            and self.keeps_near(pod, node)
            and self.keeps_spread(pod, node, candidates)
        ]
        if not fitting:
            return None
        node = min(fitting, key=lambda one: (self.mates(pod, one), self.used(one), name_of(one)))
        asked = pod.requests()
        for what in ("cpu", "memory"):
            self.left[name_of(node)][what] -= asked[what]
        self.left[name_of(node)]["pods"] -= 1
        self.placed.append((pod, node))
        return node

    def mates(self, pod, node):
        """How many of its own are in the zone, then on the node: what the scheduler prefers."""
        zone = labels_of(node).get("topology.kubernetes.io/zone")
        same = [there for other, there in self.placed if other.owner is pod.owner]
        return (
            sum(1 for there in same if labels_of(there).get("topology.kubernetes.io/zone") == zone),
            sum(1 for there in same if there is node),
        )

    def used(self, node):
        total = number(at(node, "status.allocatable.cpu"))
        return 1 - self.left[name_of(node)]["cpu"] / total


def replicas_on(world, pod, nodes):
    if pod.kind == "DaemonSet":
        return sum(1 for node in nodes if allowed(world, pod, node))
    return pod.replicas


def stuck(world, nodes):
    """[(pod, how many of it)] that find no node, and the cluster with all others placed."""
    cluster, left_over = Cluster(nodes), []
    pods = sorted(world.pods(), key=lambda pod: order_of(world, pod, nodes))
    for pod in pods:
        if pod.kind == "DaemonSet":
            chosen = [node for node in nodes if allowed(world, pod, node)]
            missing = sum(1 for node in chosen if not place_on(cluster, pod, node))
        else:
            missing = sum(1 for _ in range(pod.replicas) if cluster.place(world, pod) is None)
        if missing:
            left_over.append((pod, missing))
    return left_over, cluster


def place_on(cluster, pod, node):
    if not cluster.has_room(pod, node):
        return False
    asked = pod.requests()
    cluster.left[name_of(node)]["cpu"] -= asked["cpu"]
    cluster.left[name_of(node)]["memory"] -= asked["memory"]
    cluster.left[name_of(node)]["pods"] -= 1
    cluster.placed.append((pod, node))
    return True


def order_of(world, pod, nodes):
    """DaemonSets, then by priority, then who has the fewest nodes to go to, then the largest."""
    priority = world.find("PriorityClass", pod.spec.get("priorityClassName", ""))
    value = priority["value"] if priority else 0
    choices = sum(1 for node in nodes if allowed(world, pod, node))
    return (pod.kind != "DaemonSet", -value, choices, -pod.requests()["cpu"], pod.name)


@rule
def every_pod_has_a_place(world):
    if not world.nodes:
        return
    for pod, missing in stuck(world, world.nodes)[0]:
        yield pod.owner, f"{missing} of {pod.replicas} Pods can never be scheduled"


@rule
def a_rollout_has_a_place(world):
    """The Pods that a rolling update adds find room beside all others."""
    if not world.nodes:
        return
    _, cluster = stuck(world, world.nodes)
    for pod in world.pods():
        if pod.kind != "Deployment" or at(pod.owner, "spec.strategy.type") == "Recreate":
            continue
        rolling = at(pod.owner, "spec.strategy.rollingUpdate", {})
        surge = share(rolling.get("maxSurge", "25%"), pod.replicas, True)
        away = share(rolling.get("maxUnavailable", "25%"), pod.replicas, False)
        if (
            surge
            and away == 0
            and not any(
                cluster.has_room(pod, node) for node in world.nodes if allowed(world, pod, node)
            )
        ):
            yield pod.owner, "a rolling update would wait for ever: no node has room for one more"


def scenarios(world):
    """(what is lost, the nodes that are left)."""
    for node in world.nodes:
        if not at(node, "spec.taints"):
            yield f"node {name_of(node)}", [one for one in world.nodes if one is not node]
    zones = {labels_of(node).get("topology.kubernetes.io/zone") for node in world.nodes} - {None}
    for zone in sorted(zones) if len(zones) > 1 else []:
        yield f"zone {zone}", [
            node
            for node in world.nodes
            if labels_of(node).get("topology.kubernetes.io/zone") != zone
        ]


def excused(table, pod, what):
    """ "node" excuses the loss of any node, "node worker-1" of that one."""
    return any(what == one or what.split()[0] == one for one in table.get(pod.name, []))


@rule
def losses_are_survived(world):
    """What is left where it was goes on serving, whatever one node or zone is lost."""
    if not world.nodes:
        return
    may_stop = world.others.get("may_stop", {})
    _, cluster = stuck(world, world.nodes)
    for what, left in scenarios(world):
        names = {name_of(node) for node in left}
        for pod in world.pods():
            if not pod.stays or pod.kind == "DaemonSet" or pod.replicas == 0:
                continue
            if not any(
                placed is pod or placed.owner is pod.owner
                for placed, node in cluster.placed
                if name_of(node) in names
            ) and not excused(may_stop, pod, what):
                yield pod.owner, f"losing {what} stops it"


@rule
def losses_are_made_good(world):
    """What was on the lost node or zone finds a place on the others, but for what may wait."""
    if not world.nodes:
        return
    may_wait = world.others.get("may_wait", {})
    for what, left in scenarios(world):
        for pod, missing in stuck(world, left)[0]:
            if pod.stays and "nodeName" not in pod.spec and not excused(may_wait, pod, what):
                many = f"{missing} of {pod.replicas} Pods"
                yield pod.owner, f"after the loss of {what}, {many} wait for ever"


@rule
def places_are_the_documents(world):
    """Of the workloads that the document names: how many, where they may go, where they are."""
    _, cluster = stuck(world, world.nodes) if world.nodes else (None, None)
    for name, wanted in world.others.get("document", {}).items():
        pods = [pod for pod in world.pods() if pod.name == name]
        if not pods:
            yield world.objects[0], f"the document's {name} is not there"
            continue
        pod = pods[0]
        if pod.replicas != wanted["replicas"]:
            yield pod.owner, f"{pod.replicas} Pods, the document has {wanted['replicas']}"
        may = sorted(name_of(node) for node in world.nodes if allowed(world, pod, node))
        if may != sorted(wanted["nodes"]):
            own, document = ", ".join(may), ", ".join(wanted["nodes"])
            yield pod.owner, f"it may go to {own}; the document says {document}"
        there = {}
        for placed, node in cluster.placed:
            if placed.owner is pod.owner:
                there[name_of(node)] = there.get(name_of(node), 0) + 1
        if there != wanted["places"]:
            yield pod.owner, f"it is at {there}; the document says {wanted['places']}"
        for path, value in wanted.get("says", {}).items():
            if at(pod.owner, path) != value:
                yield pod.owner, f"{path} is {at(pod.owner, path)}; the document says {value}"
    for port in world.others.get("node_ports", []):
        if not any(
            at(row, "nodePort") == port
            for thing in world.of("Service")
            if at(thing, "spec.type") in ("NodePort", "LoadBalancer")
            for row in thing["spec"]["ports"]
        ):
            yield world.objects[0], f"no Service is at NodePort {port}"
