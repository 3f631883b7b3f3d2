"""Rules that hold for any platform: who a Pod runs as, what it may use, how it is watched."""

import re

from kube.world import at, labels_of, name_of, namespace_of, number, rule

CLUSTER_WIDE = {
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
    "StorageClass",
    "PriorityClass",
    "PersistentVolume",
    "CustomResourceDefinition",
    "VolumeSnapshotClass",
    "VolumeSnapshotContent",
    "APIService",
    "IngressClass",
    "ClusterIssuer",
    "RuntimeClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "IPPool",
    "ClusterConfiguration",
    "BGPConfiguration",
    "FelixConfiguration",
    "GlobalNetworkPolicy",
    "CSIDriver",
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "BGPPeer",
}


def security(pod, container, what):
    """The container's own word counts before the Pod's."""
    own = at(container, "securityContext." + what)
    return own if own is not None else at(pod.spec, "securityContext." + what)


def enforced(world, namespace):
    found = world.find("Namespace", namespace)
    return labels_of(found).get("pod-security.kubernetes.io/enforce") if found else None


@rule
def namespaces_exist(world):
    for thing in world.objects:
        if thing["kind"] in CLUSTER_WIDE:
            continue
        namespace = namespace_of(thing)
        if not namespace:
            yield thing, "it is in no namespace"
        elif world.find("Namespace", namespace) is None and namespace not in world.others.get(
            "namespaces", []
        ):
            yield thing, f"no namespace {namespace} is made here or known to be there"


@rule
def names_are_dns(world):
    for thing in world.objects:
        if thing["kind"] not in (
            "ClusterRole",
            "Role",
            "ClusterRoleBinding",
            "RoleBinding",
        ) and not re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", name_of(thing)):
            yield thing, "its name is not one of DNS"
    for pod in world.pods():
        for container in pod.all_containers:
            if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", container["name"]):
                yield pod.owner, f"container {container['name']}: not a DNS label"


@rule
def namespaces_enforce(world):
    for thing in world.of("Namespace"):
        level = labels_of(thing).get("pod-security.kubernetes.io/enforce")
        if level not in ("restricted", "baseline", "privileged"):
            yield thing, "it has no Pod Security level"
    for pod in world.pods():
        level = enforced(world, pod.namespace)
        if level == "restricted":
            yield from ((pod.owner, fault) for fault in not_restricted(pod))
        elif level == "baseline":
            yield from ((pod.owner, fault) for fault in not_baseline(pod))


def not_baseline(pod):
    for what in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(what):
            yield f"{what} is set in a namespace that does not allow it"
    for volume in pod.spec.get("volumes", []):
        if "hostPath" in volume:
            yield f"volume {volume['name']} is the node's in a namespace that does not allow it"
    for container in pod.all_containers:
        if at(container, "securityContext.privileged"):
            yield f"container {container['name']} is privileged"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield f"container {container['name']} takes a port of the node"
        added = set(at(container, "securityContext.capabilities.add", []))
        if added - {"NET_BIND_SERVICE"}:
            yield f"container {container['name']} adds capabilities"


def not_restricted(pod):
    yield from not_baseline(pod)
    allowed = {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
        "name",
    }
    for volume in pod.spec.get("volumes", []):
        if set(volume) - allowed - {"hostPath"}:
            yield f"volume {volume['name']} is of a kind that is not allowed"
    for container in pod.all_containers:
        name = f"container {container['name']}"
        if security(pod, container, "runAsNonRoot") is not True:
            yield f"{name} may run as root (runAsNonRoot)"
        if security(pod, container, "runAsUser") == 0:
            yield f"{name} runs as root"
        if at(container, "securityContext.allowPrivilegeEscalation") is not False:
            yield f"{name} may gain privileges (allowPrivilegeEscalation)"
        if "ALL" not in at(container, "securityContext.capabilities.drop", []):
            yield f"{name} keeps capabilities"
        if security(pod, container, "seccompProfile.type") not in ("RuntimeDefault", "Localhost"):
            yield f"{name} has no seccomp profile"


@rule
def root_is_read_only(world):
    for pod in world.pods():
        for container in pod.all_containers:
            if at(container, "securityContext.readOnlyRootFilesystem") is not True:
                yield pod.owner, f"container {container['name']} may write its root file system"


@rule
def limits_are_set(world):
    for pod in world.pods():
        for container in pod.all_containers:
            resources = container.get("resources", {})
            for what in ("requests.cpu", "requests.memory", "limits.memory"):
                if at(resources, what) is None:
                    yield pod.owner, f"container {container['name']} has no {what}"
            for what in ("cpu", "memory"):
                request, limit = at(resources, "requests." + what), at(resources, "limits." + what)
                if request and limit and number(request) > number(limit):
                    yield pod.owner, f"{container['name']} asks for more {what} than its limit"


@rule
def probes_are_set(world):
    for pod in world.pods():
        if not pod.stays:
            continue
        for container in pod.containers:
            for probe in ("readinessProbe", "livenessProbe"):
                if probe not in container:
                    yield pod.owner, f"container {container['name']} has no {probe}"
            if (
                container.get("livenessProbe")
                and container.get("readinessProbe")
                and "startupProbe" not in container
                and slow_start(container)
            ):
                yield pod.owner, f"container {container['name']} has no startupProbe"


def slow_start(container):
    """It is the program or a database, which may have much to do before it answers."""
    return re.match(r"(.*/)?souk(-database)?[:@]", container["image"])


@rule
def images_are_pinned(world):
    for pod in world.pods():
        for container in pod.all_containers:
            image = container.get("image", "")
            tag = image.rpartition("/")[2].partition(":")[2]
            if "@sha256:" not in image and tag in ("", "latest"):
                yield pod.owner, f"{container['name']}: {image or 'no image'} is any version"


@rule
def stops_in_time(world):
    """What drains has the time to: the wait before, its own limit and what its parent adds."""
    for pod, container in world.souk_containers():
        if not pod.stays or container not in pod.containers:
            continue
        given = world.environment(pod, container)
        delay, drain = (
            int(given.get(name) or world.program.settings[name]) / 1000
            for name in ("SOUK_DRAIN_DELAY_MS", "SOUK_DRAIN_MS")
        )
        wait = at(container, "lifecycle.preStop.sleep.seconds", 0) + delay
        if pod.spec.get("terminationGracePeriodSeconds", 30) < wait + drain + 5:
            yield pod.owner, f"it is killed before its {wait:g} + {drain:g} + 5 s are over"
        if "Service" in {thing["kind"] for thing in world.services_of(pod)} and wait < 1:
            yield pod.owner, "it waits for nothing: requests still come while it drains"


@rule
def tokens_are_not_lent(world):
    """Who has no role needs no token of the API server."""
    bound = {
        (subject.get("namespace", namespace_of(thing)), subject["name"])
        for thing in world.of("RoleBinding", "ClusterRoleBinding")
        for subject in thing.get("subjects", [])
        if subject["kind"] == "ServiceAccount"
    }
    for pod in world.pods():
        account = world.find(
            "ServiceAccount", pod.spec.get("serviceAccountName", "default"), pod.namespace
        )
        lent = pod.spec.get(
            "automountServiceAccountToken",
            at(account, "automountServiceAccountToken", True) if account else True,
        )
        # A static Pod is given none.
        if (
            lent
            and "nodeName" not in pod.spec
            and (pod.namespace, pod.spec.get("serviceAccountName", "default")) not in bound
        ):
            yield pod.owner, "it is lent a token that it has no role for"


@rule
def namespaces_deny_by_default(world):
    """What no policy is about talks with everybody; so one is about all, and lets nothing."""
    used = {pod.namespace for pod in world.pods()}
    for thing in world.of("Namespace") if world.of("NetworkPolicy") else []:
        if name_of(thing) in used and not any(
            namespace_of(policy) == name_of(thing)
            and policy["spec"].get("podSelector") == {}
            and {"Ingress", "Egress"} <= set(policy["spec"].get("policyTypes", []))
            and not policy["spec"].get("ingress")
            and not policy["spec"].get("egress")
            for policy in world.of("NetworkPolicy")
        ):
            yield thing, "no NetworkPolicy denies all that no other one lets"


@rule
def roles_are_narrow(world):
    for thing in world.of("Role", "ClusterRole"):
        for row in thing.get("rules") or []:
            # The metrics API calls each metric a resource.
            metrics = set(row.get("apiGroups", [])) <= {
                "custom.metrics.k8s.io",
                "external.metrics.k8s.io",
            }
            if not metrics and "*" in row.get("verbs", []) + row.get("resources", []) + row.get(
                "apiGroups", []
            ):
                yield thing, "it allows everything of something (*)"
            if thing["kind"] == "ClusterRole" and "secrets" in row.get("resources", []):
                yield thing, "it opens the Secrets of every namespace"
