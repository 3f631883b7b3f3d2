"""Rules about numbers: replicas, disruption budgets, autoscalers, quotas."""

import math
import re

import yaml

from kube.world import at, matches, namespace_of, number, rule


def share(value, of, up):
    """ "25%" or 1 of a count of Pods."""
    if isinstance(value, str) and value.endswith("%"):
        part = of * float(value[:-1]) / 100
        return math.ceil(part) if up else math.floor(part)
    return int(value)


def most(world, pod):
    """How many Pods of a workload there may be at once: scaled out, and while it is rolled out."""
    scaler = world.scaler(pod.owner)
    count = at(scaler, "spec.maxReplicas") if scaler else pod.replicas
    if pod.kind == "Deployment":
        surge = at(pod.owner, "spec.strategy.rollingUpdate.maxSurge", "25%")
        count += (
            0 if at(pod.owner, "spec.strategy.type") == "Recreate" else share(surge, count, True)
        )
    if pod.kind == "CronJob":
        count = 1 if at(pod.owner, "spec.concurrencyPolicy") in ("Forbid", "Replace") else 2
    return count


@rule
def budgets_fit(world):
    for pod in world.pods():
        if pod.kind not in ("Deployment", "StatefulSet"):
            continue
        budgets = [
            thing
            for thing in world.of("PodDisruptionBudget")
            if namespace_of(thing) == pod.namespace
            and matches(thing["spec"]["selector"], pod.labels)
        ]
        if len(budgets) > 1:
            yield pod.owner, "two PodDisruptionBudgets are about it: nothing can be evicted then"
        if not budgets and pod.replicas > 1:
            yield pod.owner, f"no PodDisruptionBudget keeps its {pod.replicas} Pods"
    for thing in world.of("PodDisruptionBudget"):
        count = sum(
            pod.replicas for pod in world.selected(thing["spec"]["selector"], namespace_of(thing))
        )
        least, away = at(thing, "spec.minAvailable"), at(thing, "spec.maxUnavailable")
        allowed = (
            count - share(least, count, True)
            if least is not None
            else share(away if away is not None else 1, count, True)
        )
        if allowed < 1:
            yield thing, f"of {count} Pods none may go: a node could never be drained"
        elif allowed >= count > 1:
            yield thing, f"all {count} Pods may go at once"


@rule
def scalers_fit(world):
    for thing in world.of("HorizontalPodAutoscaler"):
        least, highest = at(thing, "spec.minReplicas", 1), at(thing, "spec.maxReplicas", 0)
        if least > highest:
            yield thing, f"at least {least} and at most {highest} Pods"
        if not at(thing, "spec.metrics"):
            yield thing, "it measures nothing"
        target = at(thing, "spec.scaleTargetRef", {})
        workload = world.find(target.get("kind"), target.get("name"), namespace_of(thing))
        if (
            workload is not None
            and workload["kind"] == "Deployment"
            and at(workload, "spec.replicas") is not None
        ):
            yield workload, "replicas are said twice: each apply undoes what its autoscaler did"
        for other in world.of("HorizontalPodAutoscaler"):
            if (
                other is not thing
                and at(other, "spec.scaleTargetRef") == target
                and namespace_of(other) == namespace_of(thing)
            ):
                yield thing, "two autoscalers pull at one workload"


def quota_need(world, namespace):
    """The sum of all Pods of a namespace at their most: by the quota's names."""
    need = {"pods": 0}
    defaults = limit_defaults(world, namespace)
    for pod in world.pods():
        if pod.namespace != namespace:
            continue
        count = most(world, pod)
        need["pods"] += count
        sidecars = [c for c in pod.all_containers if c in pod.containers or c.get("restartPolicy")]
        for what in ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory"):
            need[what] = need.get(what, 0) + count * sum(
                number(at(c.get("resources", {}), what) or defaults.get(what) or 0)
                for c in sidecars
            )
    claims = [
        thing["spec"]
        for thing in world.of("PersistentVolumeClaim")
        if namespace_of(thing) == namespace
    ]
    for pod in world.pods():
        if pod.namespace == namespace:
            claims += [
                claim["spec"]
                for claim in at(pod.owner, "spec.volumeClaimTemplates", [])
                for _ in range(pod.replicas)
            ]
    need["persistentvolumeclaims"] = len(claims)
    need["requests.storage"] = sum(
        number(at(claim, "resources.requests.storage")) for claim in claims
    )
    need["services.nodeports"] = sum(
        1
        for thing in world.of("Service")
        if namespace_of(thing) == namespace
        and at(thing, "spec.type") in ("NodePort", "LoadBalancer")
        for _ in thing["spec"]["ports"]
    )
    return need


def limit_defaults(world, namespace):
    for thing in world.of("LimitRange"):
        if namespace_of(thing) == namespace:
            for row in at(thing, "spec.limits", []):
                if row["type"] == "Container":
                    return {
                        **{"limits." + k: v for k, v in row.get("default", {}).items()},
                        **{"requests." + k: v for k, v in row.get("defaultRequest", {}).items()},
                    }
    return {}


@rule
def quotas_hold(world):
    for thing in world.of("ResourceQuota"):
        if at(thing, "spec.scopeSelector") or at(thing, "spec.scopes"):
            continue
        need = quota_need(world, namespace_of(thing))
        for what, hard in at(thing, "spec.hard", {}).items():
            short = {"cpu": "requests.cpu", "memory": "requests.memory"}.get(what, what)
            if short in need and need[short] > number(hard):
                asked = plain(short, need[short])
                yield thing, f"{what}: {hard} is less than the {asked} that is asked for"
        if {"limits.cpu"} & set(at(thing, "spec.hard", {})):
            for pod in world.pods():
                if (
                    pod.namespace == namespace_of(thing)
                    and "limits.cpu" not in limit_defaults(world, pod.namespace)
                    and any(at(c, "resources.limits.cpu") is None for c in pod.all_containers)
                ):
                    yield pod.owner, "the quota counts limits.cpu, and it has none"


def plain(what, value):
    return f"{value / 2**30:.1f}Gi" if "memory" in what or "storage" in what else f"{value:.2f}"


def connections(world, pod, container, setting):
    """What its processes may open by a setting, with as many Pods as there may ever be."""
    given = world.environment(pod, container).get(setting)
    return most(world, pod) * int(given or world.program.settings[setting])


def services(world):
    """The Pods that serve, each with its container and what it is told."""
    for pod, container in world.souk_containers():
        if pod.stays:
            yield pod, container, world.environment(pod, container)


def poolers(world, namespace):
    return [
        pod for pod in world.pods() if "pgbouncer" in pod.name and pod.namespace == namespace
    ]


def told(thing, name):
    """A number in pgbouncer's configuration; None where it is not said."""
    for text in thing.get("data", {}).values():
        found = re.search(rf"^{name} *= *(\d+)", text, re.MULTILINE)
        if found:
            return int(found[1])
    return None


@rule
def pools_hold(world):
    """pgbouncer takes every connection that the services may open, all scaled out."""
    for thing in world.of("ConfigMap"):
        limit = told(thing, "max_client_conn")
        if limit is None:
            continue
        count = sum(pod.replicas for pod in poolers(world, namespace_of(thing)))
        need = sum(
            connections(world, pod, container, "SOUK_DATABASE_CONNECTIONS")
            for pod, container, given in services(world)
            if "pgbouncer" in (given.get("SOUK_DATABASE_URL") or "")
        )
        if need > limit * max(count, 1):
            yield thing, f"max_client_conn {limit} on {count} Pods is less than all {need}"


# Of PostgreSQL's: superuser_reserved_connections, Patroni, the exporter, backups, a person.
OTHER_CONNECTIONS = 15


def needed_connections(world, namespace):
    """Of one member of the database, which has readers, and may become the primary meanwhile."""
    need = OTHER_CONNECTIONS
    for thing in world.of("ConfigMap"):
        if namespace_of(thing) == namespace:
            each = told(thing, "max_db_connections") or 0
            need += each * sum(most(world, pod) for pod in poolers(world, namespace))
    for pod, container, given in services(world):
        if given.get("SOUK_REPLICA_URLS"):
            need += connections(world, pod, container, "SOUK_REPLICA_CONNECTIONS")
        url = given.get("SOUK_DATABASE_URL") or ""
        if url.startswith("postgresql:") and "pgbouncer" not in url:
            need += connections(world, pod, container, "SOUK_DATABASE_CONNECTIONS")
    return need


@rule
def servers_hold(world):
    """PostgreSQL takes what pgbouncer and the readers of replicas may open, all scaled out."""
    for thing in world.of("ConfigMap"):
        limits = [
            at(yaml.safe_load(text), "bootstrap.dcs.postgresql.parameters.max_connections")
            for _, text in sorted(thing.get("data", {}).items())
            if "max_connections" in text
        ]
        need = needed_connections(world, namespace_of(thing))
        if limits and limits[-1] < need:
            yield thing, f"max_connections {limits[-1]} is less than all {need}"
