"""Rules about who may talk to whom: policies allow what the program does, and nothing else.

What the program does comes from `souk calls`; what others do (the ingress, Prometheus, PostgreSQL's
replicas) stands in common.yaml and overlays/. Both are compared with what NetworkPolicies and
AuthorizationPolicies let through, worked out for every pair of Pods and every port.
"""

from dataclasses import dataclass

from kube.consistency import owner
from kube.references import number_of, ports_of
from kube.world import at, labels_of, matches, namespace_of, rule

WORLD = "world"  # all that is outside of the cluster


@dataclass(frozen=True)
class End:
    """One end of an edge: a workload, or somebody that another installation brings."""

    name: str
    namespace: str
    labels: tuple
    ports: tuple
    account: str = ""


def ends_of(world):
    ends = {}
    for pod in world.pods():
        if pod.spec.get("hostNetwork"):
            continue  # it has the node's address, which policies do not know
        ports = tuple(sorted({number_of(pod, port) for port in ports_of(pod)}))
        ends[pod.name] = End(
            pod.name,
            pod.namespace,
            tuple(sorted(pod.labels.items())),
            ports,
            pod.spec.get("serviceAccountName", "default"),
        )
    for row in world.others.get("outsiders", []):
        ends[row["name"]] = End(
            row["name"],
            row["namespace"],
            tuple(sorted(row["labels"].items())),
            tuple(row.get("ports", [])),
            row.get("account", ""),
        )
    return ends


def namespace_labels(world, namespace):
    found = world.find("Namespace", namespace)
    return {"kubernetes.io/metadata.name": namespace, **(labels_of(found) if found else {})}


def peer_matches(world, peer, policy, end):
    if "ipBlock" in peer:
        return end is WORLD
    if end is WORLD:
        return False
    if "namespaceSelector" in peer:
        if not matches(peer["namespaceSelector"], namespace_labels(world, end.namespace)):
            return False
    elif end.namespace != namespace_of(policy):
        return False
    return "podSelector" not in peer or matches(peer["podSelector"], dict(end.labels))


def port_matches(rows, end, port):
    if not rows:
        return True
    for row in rows:
        wanted = row.get("port")
        if wanted is None or wanted == port or row.get("endPort", 0) >= port > (wanted or 0):
            return True
        # A name is a port of the Pod that is asked.
        if isinstance(wanted, str) and end is not WORLD and named_port(end, wanted) == port:
            return True
    return False


NAMED = {}


def named_port(end, name):
    return NAMED.get((end.name, name))


def lets(world, direction, mine, other, target, port):
    """Whether the policies of `mine` let it talk to (egress) or be talked to by (ingress) other."""
    policies = [
        thing
        for thing in world.of("NetworkPolicy")
        if mine is not WORLD
        and namespace_of(thing) == mine.namespace
        and matches(thing["spec"].get("podSelector") or {}, dict(mine.labels))
        and direction in thing["spec"].get("policyTypes", ["Ingress"])
    ]
    if not policies:
        return True
    key, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    for policy in policies:
        for row in policy["spec"].get(key) or []:
            if row.get(peers) and not any(
                peer_matches(world, peer, policy, other) for peer in row[peers]
            ):
                continue
            if port_matches(row.get("ports"), target, port):
                return True
    return False


def network_edges(world):
    """(from, to, port) of all that NetworkPolicies let through, between two ends that are known."""
    ends = ends_of(world)
    inside = {pod.name for pod in world.pods()}
    NAMED.clear()
    for pod in world.pods():
        for container in pod.all_containers:
            for entry in container.get("ports", []):
                NAMED[(pod.name, entry.get("name"))] = entry["containerPort"]
    found = set()
    for source in ends.values():
        for target in ends.values():
            if not {source.name, target.name} & inside or not (
                governed(world, source) or governed(world, target)
            ):
                continue
            for port in target.ports:
                if lets(world, "Egress", source, target, target, port) and lets(
                    world, "Ingress", target, source, target, port
                ):
                    found.add((source.name, target.name, port))
        if source.name in inside and governed(world, source):
            for port in world.others.get("world_ports", []):
                if lets(world, "Egress", source, WORLD, WORLD, port):
                    found.add((source.name, WORLD, port))
    return found


def governed(world, end):
    """It is in a namespace of ours, where policies deny by default."""
    return world.find("Namespace", end.namespace) is not None


def place_of(world, name):
    """The (workload, port) pairs that a name of `souk calls` stands for in this overlay."""
    if name in world.program.services:
        pod = owner(world, name)
        return [(pod.name, 8080)] if pod else []
    found = world.others.get("servers", {}).get(name, [])
    return [(row.split(":")[0], int(row.split(":")[1])) for row in found]


def wanted_edges(world):
    """(from, to, port) of all that has to get through."""
    inside = {pod.name for pod in world.pods()}
    found = set()
    for caller, callee in world.program.calls:
        if caller == "gateway":
            sources = [world.others.get("gateway_workload", "api-gateway")]
        else:
            sources = [pod.name for pod in [owner(world, caller)] if pod]
        for target, port in place_of(world, callee):
            found |= {
                (source, target, port)
                for source in sources
                if source in inside and source != target
            }
    for row in world.others.get("edges", []):
        source, target = row.split(" -> ")
        target, _, port = target.partition(":")
        found.add((source, target, int(port)))
    known = inside | {row["name"] for row in world.others.get("outsiders", [])} | {WORLD}
    return {
        edge
        for edge in found
        if edge[0] in known and edge[1] in known and (edge[0] in inside or edge[1] in inside)
    }


def said(edge):
    return f"{edge[0]} to {edge[1]}:{edge[2]}"


@rule
def network_edges_are_the_calls(world):
    if not world.of("NetworkPolicy"):
        return
    allowed, wanted = network_edges(world), wanted_edges(world)
    for edge in sorted(wanted - allowed):
        yield subject(world, edge), f"NetworkPolicies do not let {said(edge)}"
    for edge in sorted(allowed - wanted):
        if not free(world, edge):
            yield subject(world, edge), f"NetworkPolicies let {said(edge)}, and nothing needs it"
    for source in {source for source, _, _ in wanted} & {pod.name for pod in world.pods()}:
        if (source, "kube-dns", 53) not in allowed:
            yield subject(world, (source,)), f"NetworkPolicies do not let {source} ask the DNS"


def free(world, edge):
    """Anybody may: ask the DNS, or be asked by the API server, which has no label."""
    return f"{edge[1]}:{edge[2]}" in world.others.get("free", [])


def subject(world, edge):
    """The object that a fault is told of: the policy's namespace has none better than the Pod."""
    for pod in world.pods():
        if pod.name in edge[:2]:
            return pod.owner
    return world.objects[0]


def mesh_lets(world, source, target, port):
    """AuthorizationPolicies: with none about it a Pod answers everybody; DENY counts first."""
    about = [
        thing
        for thing in world.of("AuthorizationPolicy")
        if namespace_of(thing) == target.namespace
        and all(
            dict(target.labels).get(key) == value
            for key, value in at(thing, "spec.selector.matchLabels", {}).items()
        )
    ]
    denied = [thing for thing in about if at(thing, "spec.action") == "DENY"]
    allowing = [thing for thing in about if at(thing, "spec.action", "ALLOW") == "ALLOW"]
    if any(
        rule_matches(row, source, port, whole=True)
        for thing in denied
        for row in at(thing, "spec.rules", [])
    ):
        return False
    return not allowing or any(
        rule_matches(row, source, port) for thing in allowing for row in at(thing, "spec.rules", [])
    )


def rule_matches(row, source, port, whole=False):
    """Paths and methods are not edges: a DENY of some of them denies no edge."""
    sources = [entry["source"] for entry in row.get("from", [])]
    if sources and not any(source_matches(entry, source) for entry in sources):
        return False
    operations = [entry["operation"] for entry in row.get("to", [])]
    if whole and any(set(entry) - {"ports"} for entry in operations):
        return False
    return not operations or any(
        str(port) in entry.get("ports", [str(port)]) for entry in operations
    )


def source_matches(entry, source):
    principal = f"cluster.local/ns/{source.namespace}/sa/{source.account}"
    if "principals" in entry and principal not in entry["principals"]:
        return False
    if "notPrincipals" in entry and principal in entry["notPrincipals"]:
        return False
    return "namespaces" not in entry or source.namespace in entry["namespaces"]


def in_mesh(world, pod):
    """It has the sidecar that carries the policies out."""
    space = world.find("Namespace", pod.namespace)
    own = pod.labels.get("sidecar.istio.io/inject")
    return own != "false" and (
        own == "true" or (space and labels_of(space).get("istio-injection") == "enabled")
    )


@rule
def mesh_edges_are_the_calls(world):
    if not world.of("AuthorizationPolicy"):
        return
    ends, wanted = ends_of(world), wanted_edges(world)
    inside = {pod.name: pod for pod in world.pods() if in_mesh(world, pod) and pod.name in ends}
    for target in inside.values():
        for source in ends.values():
            for port in ends[target.name].ports:
                edge = (source.name, target.name, port)
                lets_through = mesh_lets(world, source, ends[target.name], port)
                if edge in wanted and not lets_through:
                    yield target.owner, f"AuthorizationPolicies do not let {said(edge)}"
                elif (
                    lets_through
                    and edge not in wanted
                    and source.name != target.name
                    and (source.name in inside or not source.account)
                ):
                    fault = f"AuthorizationPolicies let {said(edge)}, and nothing needs it"
                    yield target.owner, fault


@rule
def accounts_are_own(world):
    """Who shares an account with another cannot be told from it by a policy."""
    seen = {}
    for pod in world.pods():
        account = (pod.namespace, pod.spec.get("serviceAccountName", "default"))
        if not in_mesh(world, pod) or not pod.stays:
            continue
        if account[1] == "default":
            yield pod.owner, "it has no ServiceAccount of its own"
        elif account in seen:
            yield pod.owner, f"it shares its ServiceAccount with {seen[account]}"
        seen[account] = pod.name
