"""Rules about names: what is referred to is there, what selects finds somebody, ports are real."""

from kube.world import at, labels_of, matches, name_of, namespace_of, rule


def pod_references(pod):
    """(kind, name, key or None) of all that a Pod's template names and does not call optional."""
    spec = pod.spec
    if spec.get("serviceAccountName", "default") != "default":
        yield "ServiceAccount", spec["serviceAccountName"], None
    for secret in spec.get("imagePullSecrets", []):
        yield "Secret", secret["name"], None
    for volume in spec.get("volumes", []):
        yield from volume_references(volume)
    for container in pod.all_containers:
        for source in container.get("envFrom", []):
            for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if key in source and not source[key].get("optional"):
                    yield kind, source[key]["name"], None
        for entry in container.get("env", []):
            for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
                reference = at(entry, "valueFrom." + key)
                if reference and not reference.get("optional"):
                    yield kind, reference["name"], reference["key"]


def volume_references(volume):
    for kind, key, named in (
        ("ConfigMap", "configMap", "name"),
        ("Secret", "secret", "secretName"),
        ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
    ):
        if key in volume and not volume[key].get("optional"):
            yield kind, volume[key][named], None
            for item in volume[key].get("items", []):
                yield kind, volume[key][named], item["key"]
    for source in at(volume, "projected.sources", []):
        for kind, key in (("ConfigMap", "configMap"), ("Secret", "secret")):
            if key in source and not source[key].get("optional"):
                yield kind, source[key]["name"], None


def is_there(world, kind, name, key, namespace):
    if kind in ("ConfigMap", "Secret"):
        data = world.data_of(kind, name, namespace)
        made = world.others.get("made_elsewhere", {}).get(f"{kind} {namespace}/{name}")
        if data is None:
            return made is not None and (key is None or key in made)
        return key is None or key in data
    return world.find(kind, name, namespace) is not None


@rule
def references_exist(world):
    for pod in world.pods():
        claims = {name_of(claim) for claim in at(pod.owner, "spec.volumeClaimTemplates", [])}
        for kind, name, key in pod_references(pod):
            if kind == "PersistentVolumeClaim" and (
                name in claims or target_there(world, {"kind": kind, "name": name}, pod.namespace)
            ):
                continue
            if not is_there(world, kind, name, key, pod.namespace):
                yield pod.owner, f"there is no {kind} {name}" + (f" with {key}" if key else "")
        priority = pod.spec.get("priorityClassName")
        if (
            priority
            and not priority.startswith("system-")
            and world.find("PriorityClass", priority) is None
        ):
            yield pod.owner, f"there is no PriorityClass {priority}"
        service = at(pod.owner, "spec.serviceName")
        if (
            pod.kind == "StatefulSet"
            and world.find("Service", service or "", pod.namespace) is None
        ):
            yield pod.owner, f"there is no Service {service} to name its Pods"


@rule
def mounts_exist(world):
    for pod in world.pods():
        volumes = {volume["name"] for volume in pod.spec.get("volumes", [])} | {
            name_of(claim) for claim in at(pod.owner, "spec.volumeClaimTemplates", [])
        }
        for container in pod.all_containers:
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in volumes:
                    yield pod.owner, f"{container['name']} mounts no volume {mount['name']}"
        mounted = {
            mount["name"]
            for container in pod.all_containers
            for mount in container.get("volumeMounts", [])
        }
        for name in volumes - mounted:
            yield pod.owner, f"nobody mounts its volume {name}"


@rule
def classes_exist(world):
    known = {name_of(thing) for thing in world.of("StorageClass")}
    claims = world.of("PersistentVolumeClaim", "PersistentVolume") + [
        {
            **claim,
            "kind": "PersistentVolumeClaim",
            "metadata": {**claim["metadata"], "namespace": pod.namespace},
        }
        for pod in world.pods()
        for claim in at(pod.owner, "spec.volumeClaimTemplates", [])
    ]
    for claim in claims:
        name = at(claim, "spec.storageClassName")
        # Without one the cluster's own is meant, which is right where none is made here.
        if name not in known and name != "" and (name is not None or known):
            yield claim, f"there is no StorageClass {name}"


@rule
def snapshots_are_taken(world):
    """By the driver of a volume that is made here, as it asks for, and until they are deleted."""
    drivers = {thing.get("provisioner") for thing in world.of("StorageClass")}
    for thing in world.of("VolumeSnapshotClass"):
        driver = thing["driver"]
        if driver not in drivers:
            yield thing, f"no StorageClass makes volumes by {driver}"
        if driver.startswith("filestore.") and at(thing, "parameters.type") != "backup":
            yield thing, "Filestore takes backups only: parameters.type is not backup"
        if thing["deletionPolicy"] != "Delete":
            yield thing, "what is deleted here stays in the storage"


BUILT_IN = {"view", "edit", "admin", "cluster-admin", "system:auth-delegator"} | {
    "extension-apiserver-authentication-reader"
}


@rule
def bindings_bind(world):
    for thing in world.of("RoleBinding", "ClusterRoleBinding"):
        role = thing["roleRef"]
        built_in = role["name"] in BUILT_IN
        if (
            not built_in
            and world.find(role["kind"], role["name"], namespace_of(thing) or None) is None
        ):
            yield thing, f"there is no {role['kind']} {role['name']}"
        for subject in thing.get("subjects", []):
            namespace = subject.get("namespace", namespace_of(thing))
            if (
                subject["kind"] == "ServiceAccount"
                and namespace not in world.others.get("namespaces", [])
                and world.find("ServiceAccount", subject["name"], namespace) is None
            ):
                yield thing, f"there is no ServiceAccount {namespace}/{subject['name']}"


@rule
def targets_exist(world):
    paths = {
        "HorizontalPodAutoscaler": "spec.scaleTargetRef",
        "VerticalPodAutoscaler": "spec.targetRef",
        "Rollout": "spec.workloadRef",
        "VolumeSnapshot": "spec.source",
    }
    for kind, path in paths.items():
        for thing in world.of(kind):
            target = at(thing, path)
            if kind == "VolumeSnapshot":
                target = {
                    "kind": "PersistentVolumeClaim",
                    "name": at(thing, "spec.source.persistentVolumeClaimName"),
                }
            if (
                target
                and target.get("name")
                and not target_there(world, target, namespace_of(thing))
            ):
                yield thing, f"there is no {target['kind']} {target['name']}"
    for thing in world.of("Rollout"):
        for name in rollout_names(thing):
            if world.find(*name, namespace_of(thing)) is None:
                yield thing, f"there is no {name[0]} {name[1]}"


def target_there(world, target, namespace):
    if world.find(target["kind"], target["name"], namespace) is not None:
        return True
    # The first volume of a StatefulSet is called CLAIM-SET-0.
    return target["kind"] == "PersistentVolumeClaim" and any(
        target["name"].startswith(f"{name_of(claim)}-{pod.name}-")
        for pod in world.pods()
        for claim in at(pod.owner, "spec.volumeClaimTemplates", [])
    )


def rollout_names(thing):
    """(kind, name) of the Services and templates that a Rollout's strategy names."""
    for strategy in ("canary", "blueGreen"):
        found = at(thing, "spec.strategy." + strategy, {})
        for key, value in found.items():
            if key.endswith("Service"):
                yield "Service", value
        route = at(found, "trafficRouting.istio.virtualService.name")
        if route:
            yield "VirtualService", route
        steps = [at(step, "analysis.templates", []) for step in found.get("steps", [])]
        for key in ("analysis", "prePromotionAnalysis", "postPromotionAnalysis"):
            steps.append(at(found, key + ".templates", []))
        for template in sum(steps, []):
            yield (
                "ClusterAnalysisTemplate" if template.get("clusterScope") else "AnalysisTemplate"
            ), template["templateName"]


@rule
def selectors_match(world):
    for pod in world.pods():
        selector = at(pod.owner, "spec.selector")
        if selector and pod.kind != "Job" and not matches(selector, pod.labels):
            yield pod.owner, "its selector does not match its own Pods"
        for path in ("podAffinity", "podAntiAffinity"):
            for term in at(
                pod.spec, f"affinity.{path}.requiredDuringSchedulingIgnoredDuringExecution", []
            ):
                if not world.anybody(term.get("labelSelector"), pod.namespace):
                    yield pod.owner, f"its {path} is about nobody"
        for spread in pod.spec.get("topologySpreadConstraints", []):
            if not matches(spread.get("labelSelector"), pod.labels):
                yield pod.owner, "its spread does not count its own Pods"
    for thing in world.of("Service"):
        selector = at(thing, "spec.selector")
        if selector and not world.anybody({"matchLabels": selector}, namespace_of(thing)):
            yield thing, "it selects no Pod"
    for thing in world.of("PodDisruptionBudget", "PodMonitor"):
        spaces = at(thing, "spec.namespaceSelector.matchNames", [namespace_of(thing)])
        if not any(world.anybody(thing["spec"]["selector"], space) for space in spaces):
            yield thing, "it selects no Pod"
    for thing in world.of("ServiceMonitor"):
        spaces = at(thing, "spec.namespaceSelector.matchNames", [namespace_of(thing)])
        if not any(
            matches(thing["spec"]["selector"], labels_of(service))
            for service in world.of("Service")
            if namespace_of(service) in spaces
        ):
            yield thing, "it selects no Service"
    for thing in world.of("NetworkPolicy"):
        if thing["spec"].get("podSelector") and not world.anybody(
            thing["spec"]["podSelector"], namespace_of(thing)
        ):
            yield thing, "it is about no Pod"
    for thing in world.of(
        "AuthorizationPolicy", "PeerAuthentication", "Sidecar", "RequestAuthentication"
    ):
        selector = at(thing, "spec.selector.matchLabels") or at(
            thing, "spec.workloadSelector.labels"
        )
        if selector and not world.anybody({"matchLabels": selector}, namespace_of(thing)):
            yield thing, "it is about no Pod"


def ports_of(pod):
    """Names and numbers of the ports that its containers open."""
    found = set()
    for container in pod.all_containers:
        for port in container.get("ports", []):
            found |= {port["containerPort"], port.get("name")}
    return found - {None}


def number_of(pod, port):
    for container in pod.all_containers:
        for entry in container.get("ports", []):
            if port in (entry.get("name"), entry["containerPort"]):
                return entry["containerPort"]
    return port


@rule
def ports_are_real(world):
    for thing in world.of("Service"):
        selector = at(thing, "spec.selector")
        for pod in (
            world.selected({"matchLabels": selector}, namespace_of(thing)) if selector else []
        ):
            for port in thing["spec"].get("ports", []):
                if port.get("targetPort", port["port"]) not in ports_of(pod):
                    yield thing, f"{pod.name} has no port {port.get('targetPort', port['port'])}"
    for pod in world.pods():
        for container in pod.all_containers:
            own = {port.get("name") for port in container.get("ports", [])} | {
                port["containerPort"] for port in container.get("ports", [])
            }
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                port = at(
                    container, probe + ".httpGet.port", at(container, probe + ".tcpSocket.port")
                )
                if port is not None and port not in own:
                    yield pod.owner, f"{container['name']}: {probe} asks port {port}, not its own"
    for thing in world.of("ServiceMonitor", "PodMonitor"):
        for endpoint in thing["spec"].get(
            "endpoints", thing["spec"].get("podMetricsEndpoints", [])
        ):
            if not monitored_ports(world, thing, endpoint):
                yield thing, f"what it watches has no port {endpoint.get('port')}"


def monitored_ports(world, monitor, endpoint):
    if monitor["kind"] == "PodMonitor":
        spaces = at(monitor, "spec.namespaceSelector.matchNames", [namespace_of(monitor)])
        pods = [
            pod for space in spaces for pod in world.selected(monitor["spec"]["selector"], space)
        ]
        return any(endpoint.get("port") in ports_of(pod) for pod in pods)
    spaces = at(monitor, "spec.namespaceSelector.matchNames", [namespace_of(monitor)])
    services = [
        thing
        for thing in world.of("Service")
        if namespace_of(thing) in spaces and matches(monitor["spec"]["selector"], labels_of(thing))
    ]
    # Of the Services that its selector finds it watches those that have the port.
    return any(
        port.get("name") == endpoint.get("port")
        for thing in services
        for port in thing["spec"].get("ports", [])
    )


@rule
def ways_lead_somewhere(world):
    """Ingresses and virtual services: the Service and its port are there."""
    for thing in world.of("Ingress"):
        backends = [
            at(path, "backend.service")
            for row in at(thing, "spec.rules", [])
            for path in at(row, "http.paths", [])
        ]
        backends.append(at(thing, "spec.defaultBackend.service"))
        for backend in filter(None, backends):
            service = world.find("Service", backend["name"], namespace_of(thing))
            wanted = at(backend, "port.number", at(backend, "port.name"))
            if service is None or not any(
                wanted in (port["port"], port.get("name")) for port in service["spec"]["ports"]
            ):
                yield thing, f"there is no Service {backend['name']} with port {wanted}"
    for thing in world.of("VirtualService", "DestinationRule"):
        hosts = thing["spec"].get("hosts", [thing["spec"].get("host")])
        for host in hosts + route_hosts(thing):
            parts = (host or "").split(".")
            inside = len(parts) == 1 or parts[2:3] == ["svc"]
            if (
                inside
                and world.find(
                    "Service", parts[0], parts[1] if len(parts) > 1 else namespace_of(thing)
                )
                is None
            ):
                yield thing, f"there is no Service {host}"


def route_hosts(thing):
    return [
        at(route, "destination.host")
        for row in at(thing, "spec.http", [])
        for route in row.get("route", [])
    ]
