"""Rules about delivery: what Argo CD applies and in which order, what a new version is judged by,
and the network that the three nodes are given."""

import ipaddress
import re

from kube.references import pod_references
from kube.world import at, labels_of, matches, name_of, namespace_of, rule, where

WEIGHTS = [10, 50, 100]
# What a look at a new version asks about: how, and how it is seen in the query.
LOOKS = {
    "errors": r'status="5xx"',
    "latency": r"souk_http_request_duration_seconds_bucket",
    "checkouts": r'route="order_create"',
}
WAVE = "argocd.argoproj.io/sync-wave"
VERSION_LABEL = "rollouts-pod-template-hash"
OLDEST_KUBERNETES = (1, 30)
IGNORED = "argocd.argoproj.io/ignore-healthcheck"
APPLICATION_HEALTH = "resource.customizations.health.argoproj.io_Application"
# What Argo CD may call Degraded or Suspended although nothing is wrong, or Progressing for long.
UNSURE = ("HorizontalPodAutoscaler", "VerticalPodAutoscaler", "CronJob", "Prometheus",
          "Alertmanager")


def wave(thing):
    return int(at(thing, "metadata.annotations", {}).get(WAVE, "0"))


@rule
def applications_lead_somewhere(world):
    for thing in world.of("Application"):
        source, project = at(thing, "spec.source", {}), at(thing, "spec.project", "")
        allowed = world.find("AppProject", project)
        if allowed is None and project != "default":
            yield thing, f"there is no AppProject {project}"
        elif allowed is not None and source.get("repoURL") not in allowed["spec"]["sourceRepos"]:
            yield thing, f"its project does not allow {source.get('repoURL')}"
        revision = str(source.get("targetRevision", ""))
        if "chart" in source:
            if not re.fullmatch(r"v?\d+\.\d+\.\d+", revision):
                yield thing, f"its chart may be any version ({revision or 'none is named'})"
        elif not (world.others["repository"] / source["path"] / "kustomization.yaml").exists():
            yield thing, f"there is nothing to build at {source.get('path')}"


def turn(world, application):
    """When it comes: an Application that another one delivers, in the turn of that one."""
    deliverer = world.find("Application", world.others.get("delivered_by", {}).get(
        name_of(application)))
    return (turn(world, deliverer) if deliverer is not None else ()) + (wave(application),)


@rule
def waves_are_in_order(world):
    applications = world.of("Application")
    for thing in applications:
        project = world.find("AppProject", at(thing, "spec.project", ""))
        if project is not None and wave(thing) <= wave(project):
            yield thing, "its project comes no earlier than it"
        if "chart" not in at(thing, "spec.source", {}) and project is not None:
            for other in applications:
                if "chart" in other["spec"]["source"] and turn(world, other) >= turn(world, thing):
                    yield other, f"it comes no earlier than {name_of(thing)}, which needs it"
        if "sidecar.istio.io/inject" in str(at(thing, "spec.source.helm.valuesObject")):
            for other in applications:
                if at(other, "spec.source.chart") == "istiod" and (
                        turn(world, other) >= turn(world, thing)):
                    yield thing, f"its Pods come before {name_of(other)} can give them a sidecar"
    if not any(wave(thing) for thing in world.objects
               if thing["kind"] not in ("Application", "AppProject")):
        return  # nobody applies it in waves
    yield from waves_of_pods(world)
    yield from waves_of_the_unsure(world)
    yield from waves_of_certificates(world)


def waves_of_certificates(world):
    """A Certificate is not well before its Issuer, nor an authority before its own certificate."""
    certificates = world.of("Certificate")
    for issuer in world.of("Issuer"):
        for thing in certificates:
            if namespace_of(thing) != namespace_of(issuer):
                continue
            if at(thing, "spec.issuerRef.name") == name_of(issuer) and wave(thing) < wave(issuer):
                yield thing, "it comes before its Issuer, and is waited for"
            if at(issuer, "spec.ca.secretName") == at(thing, "spec.secretName", "") and (
                    wave(issuer) <= wave(thing)):
                yield issuer, "it comes no later than its own certificate: Degraded until then"


@rule
def types_have_one_owner(world):
    """Of several Applications of one chart the first to come brings its types, and no other."""
    charts = {}
    for thing in world.of("Application"):
        if "chart" in thing["spec"]["source"]:
            charts.setdefault(thing["spec"]["source"]["chart"], []).append(thing)
    for things in charts.values():
        owners = [thing for thing in things if not at(thing, "spec.source.helm.skipCrds", False)]
        for thing in things:
            if owners[:1] != [thing] and thing in owners:
                yield thing, f"it fights over the types with {name_of(owners[0])}"
            elif not owners or turn(world, thing) < turn(world, owners[0]):
                yield thing, "it comes before its types"


@rule
def applications_are_waited_for(world):
    """Argo CD says nothing of an Application's health unless it is told how, and what has no health
    is not waited for; one that is not well yet fails the sync, which has to be tried again."""
    applications = world.of("Application")
    if len({turn(world, thing) for thing in applications}) < 2:
        return
    settings = world.find("ConfigMap", "argocd-cm", "argocd")
    script = at(settings or {}, "data", {}).get(APPLICATION_HEALTH, "")
    if "obj.status" not in script:
        yield applications[0], "no wave waits for it: argocd-cm does not say how it does"
    elif labels_of(settings).get("app.kubernetes.io/part-of") != "argocd":
        yield settings, "Argo CD reads nothing without its label"
    for thing in applications:
        if at(thing, "spec.syncPolicy.retry.limit", 0) == 0:
            yield thing, "what fails is not tried again"


def waves_of_the_unsure(world):
    """Argo CD waits for every wave but the last, and a Degraded object in it fails the sync."""
    last = max(wave(thing) for thing in world.objects
               if thing["kind"] not in ("Application", "AppProject"))
    for thing in world.of(*UNSURE):
        if wave(thing) < last:
            yield thing, "it is waited for, and may be Degraded or Suspended"
        aside = at(thing, "metadata.annotations", {}).get(IGNORED) == "true"
        if at(thing, "spec.suspend", False) and not aside:
            yield thing, "it is Suspended, and all that comes with it counts as such"
        reference = at(thing, "spec.scaleTargetRef", at(thing, "spec.targetRef", {}))
        target = world.find(reference.get("kind"), reference.get("name"), namespace_of(thing))
        if target is not None and wave(target) > wave(thing):
            yield thing, f"it comes before its {where(target)}"


def waves_of_pods(world):
    spaces = {name_of(thing): wave(thing) for thing in world.of("Namespace")}
    for thing in world.objects:
        if spaces.get(namespace_of(thing), -100) > wave(thing):
            yield thing, "it comes before its namespace"
    for pod in world.pods():
        for kind, name, _ in pod_references(pod):
            named = world.find(kind, name, pod.namespace) or (
                world.find("SealedSecret", name, pod.namespace) if kind == "Secret" else None
            )
            if named is not None and wave(named) > wave(pod.owner):
                yield pod.owner, f"it comes before its {kind} {name}"
    migrations = [pod for pod, container in world.souk_containers()
                  if pod.kind == "Job" and container.get("args", [""])[0] == "migrate"]
    for pod, container in world.souk_containers():
        if container.get("args", [""])[0] == "serve":
            for job in migrations:
                if wave(pod.owner) <= wave(job.owner):
                    yield pod.owner, f"it comes no later than {job.name}"


def looks_of(world, analysis, namespace):
    """Which of LOOKS the templates of an analysis take."""
    queries = [
        at(metric, "provider.prometheus.query", "")
        for template in (analysis or {}).get("templates", [])
        for metric in at(
            world.find("AnalysisTemplate", template["templateName"], namespace) or {},
            "spec.metrics", [],
        )
    ]
    return {name for name, pattern in LOOKS.items()
            if any(re.search(pattern, query) for query in queries)}


@rule
def canaries_go_step_by_step(world):
    for thing in world.of("Rollout"):
        canary = at(thing, "spec.strategy.canary")
        if canary is None:
            continue
        steps = canary.get("steps", [])
        weights = [step["setWeight"] for step in steps if "setWeight" in step]
        if weights != WEIGHTS:
            yield thing, f"its steps are {weights}, not {WEIGHTS}"
        seen, weight = set(), None
        for step in steps:
            if "setWeight" in step:
                if weight is not None and seen != set(LOOKS):
                    yield thing, f"at {weight} % nobody looks at {sorted(set(LOOKS) - seen)}"
                seen, weight = set(), step["setWeight"]
            seen |= looks_of(world, step.get("analysis"), namespace_of(thing))


@rule
def canaries_are_asked(world):
    """The mesh has the route and both subsets, and asks the old version until a Rollout begins."""
    for thing in world.of("Rollout"):
        istio = at(thing, "spec.strategy.canary.trafficRouting.istio")
        if at(thing, "spec.strategy.canary") is None:
            continue
        if istio is None:
            yield thing, "nothing divides the requests between its versions"
            continue
        rule_ = world.find("DestinationRule", at(istio, "destinationRule.name", ""),
                           namespace_of(thing))
        stable, canary = (at(istio, "destinationRule." + key) for key in
                          ("stableSubsetName", "canarySubsetName"))
        subsets = {subset["name"] for subset in at(rule_ or {}, "spec.subsets", [])}
        if rule_ is None or not {stable, canary} <= subsets:
            yield thing, f"its DestinationRule has no subsets {stable} and {canary}"
        service = world.find("VirtualService", at(istio, "virtualService.name", ""),
                             namespace_of(thing))
        for name in at(istio, "virtualService.routes", []):
            rows = [row for row in at(service or {}, "spec.http", []) if row.get("name") == name]
            weights = {at(route, "destination.subset"): route.get("weight")
                       for row in rows for route in row.get("route", [])}
            if weights != {stable: 100, canary: 0}:
                yield thing, f"its route {name} does not lead to {stable} alone: {weights}"


@rule
def rollouts_have_their_pods(world):
    for thing in world.of("Rollout"):
        target = at(thing, "spec.workloadRef", {})
        workload = world.find(target.get("kind"), target.get("name"), namespace_of(thing))
        if workload is not None and not matches(at(thing, "spec.selector"),
                                                at(workload, "spec.template.metadata.labels", {})):
            yield thing, "its selector does not match the Pods of its workload"
        blue = at(thing, "spec.strategy.blueGreen")
        if blue is None:
            continue
        if blue.get("activeService") == blue.get("previewService"):
            yield thing, "both versions have the same Service"
        for moment in ("prePromotionAnalysis", "postPromotionAnalysis"):
            if not at(blue, moment + ".templates"):
                yield thing, f"it has no {moment}"
        if looks_of(world, blue.get("postPromotionAnalysis"), namespace_of(thing)) != set(LOOKS):
            yield thing, "after it was switched over not all is looked at"


def moments_of(rollout):
    """(analysis, the Service that leads to the old version alone meanwhile) of a Rollout."""
    canary, blue = (at(rollout, "spec.strategy." + name, {}) for name in ("canary", "blueGreen"))
    old = canary.get("stableService")
    found = [(step["analysis"], old) for step in canary.get("steps", []) if "analysis" in step]
    found += [(canary["analysis"], old)] if "analysis" in canary else []
    return found + [(blue[key], old) for key, old in (
        ("prePromotionAnalysis", blue.get("activeService")), ("postPromotionAnalysis", None),
    ) if key in blue]


@rule
def analyses_can_be_asked(world):
    for thing in world.of("AnalysisTemplate"):
        declared = {entry["name"] for entry in at(thing, "spec.args", [])}
        for metric in at(thing, "spec.metrics", []):
            query = at(metric, "provider.prometheus.query", "")
            for name in sorted(set(re.findall(r"\{\{\s*args\.([\w-]+)\s*\}\}", query)) - declared):
                yield thing, f"its query wants an argument {name} that nobody gives it"
            if "successCondition" not in metric:
                yield thing, f"nothing says when {metric['name']} is good enough"
            address = at(metric, "provider.prometheus.address", "")
            host = re.match(r"http://([\w-]+)\.([\w-]+)[.:]", address)
            if host is None or world.find("Service", host[1], host[2]) is None:
                yield thing, "there is no Service where it asks"
    for thing in world.of("Rollout"):
        for analysis, _ in moments_of(thing):
            yield from missing_arguments(world, thing, analysis)


def missing_arguments(world, rollout, analysis):
    given = {entry["name"] for entry in analysis.get("args", [])}
    for template in analysis.get("templates", []):
        found = world.find("AnalysisTemplate", template["templateName"], namespace_of(rollout))
        for entry in at(found or {}, "spec.args", []):
            if entry["name"] not in given and "value" not in entry:
                yield rollout, f"it does not give {template['templateName']} its {entry['name']}"


def monitors_of(world, service):
    """(monitor, endpoint) of those that scrape the Pods behind a Service."""
    for monitor in world.of("ServiceMonitor"):
        spaces = at(monitor, "spec.namespaceSelector", {})
        near = namespace_of(service) in spaces.get("matchNames", [namespace_of(monitor)])
        selects = matches(at(monitor, "spec.selector"), labels_of(service))
        if selects and (near or spaces.get("any")):
            ports = {port.get("name") for port in at(service, "spec.ports", [])}
            for endpoint in at(monitor, "spec.endpoints", []):
                if endpoint.get("port") in ports:
                    yield monitor, endpoint


def lets_through(endpoint, metric):
    """Whether a scrape keeps a metric; `up` is Prometheus' own, and no relabelling meets it."""
    for relabeling in endpoint.get("metricRelabelings", []):
        if relabeling.get("sourceLabels") == ["__name__"]:
            named = re.fullmatch(relabeling.get("regex", ".*"), metric) is not None
            if metric != "up" and named == (relabeling.get("action") == "drop"):
                return False
    return True


def services_before(world, rollout):
    """The Services that lead to the Pods of a Rollout, whatever their version."""
    reference = at(rollout, "spec.workloadRef", {})
    workload = world.find(reference.get("kind"), reference.get("name"), namespace_of(rollout))
    return [service for pod in world.pods() if pod.owner is workload
            for service in world.services_of(pod)]


def told_by_version(world, analysis, namespace):
    """The metrics that an analysis asks for by the hash of the version's Pods."""
    for template in analysis.get("templates", []):
        found = world.find("AnalysisTemplate", template["templateName"], namespace)
        for metric in at(found or {}, "spec.metrics", []):
            query = re.sub(r"\{\{.*?\}\}", "", at(metric, "provider.prometheus.query", ""))
            yield from re.findall(rf"(\w+)\{{[^}}]*\b{VERSION_LABEL.replace('-', '_')}=", query)


@rule
def new_versions_are_scraped(world):
    """What a version is judged by comes from its own Pods, at the moment when it is asked for."""
    for thing in world.of("Rollout"):
        services = services_before(world, thing)
        for analysis, old in moments_of(thing):
            scraped = [endpoint for service in services if name_of(service) != old
                       for monitor, endpoint in monitors_of(world, service)
                       if VERSION_LABEL in at(monitor, "spec.podTargetLabels", [])]
            for metric in sorted(set(told_by_version(world, analysis, namespace_of(thing)))):
                if not any(lets_through(endpoint, metric) for endpoint in scraped):
                    yield thing, f"nobody scrapes {metric} of its new version's Pods by version"
        preview = at(thing, "spec.strategy.blueGreen.previewService")
        for service in services:
            for monitor, endpoint in monitors_of(world, service):
                if name_of(service) == preview and lets_through(endpoint, "anything"):
                    yield monitor, f"it counts all of {preview} again after it is switched over"


@rule
def monitors_are_of_the_mesh(world):
    """Where the mesh refuses what shows no certificate, Prometheus shows one."""
    strict = any(at(thing, "spec.mtls.mode") == "STRICT"
                 for thing in world.of("PeerAuthentication"))
    for service in world.of("Service") if strict else []:
        space = world.find("Namespace", namespace_of(service))
        if labels_of(space or service).get("istio-injection") == "enabled":
            for monitor, endpoint in monitors_of(world, service):
                if endpoint.get("scheme") != "https" or not at(endpoint, "tlsConfig.certFile"):
                    yield monitor, f"it asks {endpoint.get('port')} without a certificate"


@rule
def pod_network_is_one(world):
    pools = world.of("IPPool")
    for thing in world.of("ClusterConfiguration"):
        pods, services = (ipaddress.ip_network(at(thing, "networking." + key, "0.0.0.0/32"))
                          for key in ("podSubnet", "serviceSubnet"))
        if pods.overlaps(services):
            yield thing, f"Pods and Services share {pods}"
        version = re.match(r"v(\d+)\.(\d+)\.\d+$", at(thing, "kubernetesVersion", ""))
        if version is None or tuple(map(int, version.groups())) < OLDEST_KUBERNETES:
            yield thing, "it is no Kubernetes from 1.30 on"
        for pool in pools:
            if ipaddress.ip_network(pool["spec"]["cidr"]) != pods:
                yield pool, f"Calico gives out {pool['spec']['cidr']}, kubeadm was told {pods}"
        for settings in world.of("ConfigMap"):
            trusted = at(settings, "data.SOUK_TRUSTED_PROXIES")
            if trusted and not any(pods.subnet_of(ipaddress.ip_network(one.strip()))
                                   for one in trusted.split(",")):
                yield settings, f"SOUK_TRUSTED_PROXIES leaves out the Pods' network {pods}"
    for pool in pools:
        if {pool["spec"].get(mode) for mode in ("ipipMode", "vxlanMode")} != {"Never"}:
            yield pool, "it puts packets into a tunnel"
