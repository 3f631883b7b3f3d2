"""What the rules look at: the objects of one overlay, with the questions that rules ask of them.

A rule is a function that yields (object, sentence) for each fault. It registers itself:

    @rule
    def image_pinned(world):
        for pod in world.pods():
            ...
            yield pod.owner, "the image has no tag"
"""

import re
from dataclasses import dataclass, field

RULES = {}


def rule(function):
    RULES[function.__name__] = function
    return function


def at(thing, path, default=None):
    """at(o, "spec.template.spec"): the value there, or the default where something is missing."""
    for part in path.split("."):
        if isinstance(thing, list) and part.isdigit() and int(part) < len(thing):
            thing = thing[int(part)]
        elif isinstance(thing, dict) and part in thing:
            thing = thing[part]
        else:
            return default
    return default if thing is None else thing


def name_of(thing):
    return thing["metadata"]["name"]


def namespace_of(thing):
    return at(thing, "metadata.namespace", "")


def labels_of(thing):
    return at(thing, "metadata.labels", {})


def where(thing):
    return f"{thing['kind']} " + "/".join(filter(None, (namespace_of(thing), name_of(thing))))


def number(quantity):
    """500m, 1.5, 128Mi, 2G as a number: cores or bytes."""
    units = {
        "m": 1e-3,
        "k": 1e3,
        "M": 1e6,
        "G": 1e9,
        "T": 1e12,
        "Ki": 2**10,
        "Mi": 2**20,
        "Gi": 2**30,
        "Ti": 2**40,
        "": 1,
    }
    value, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(quantity)).groups()
    return float(value) * units[unit]


def matches(selector, labels):
    """A label selector with matchLabels and matchExpressions; the empty one matches all."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(expression_holds(one, labels) for one in selector.get("matchExpressions") or [])


def expression_holds(expression, labels):
    value, values = labels.get(expression["key"]), expression.get("values", [])
    operator = expression["operator"]
    if operator in ("Gt", "Lt"):
        if value is None or not value.isdigit():
            return False
        return int(value) > int(values[0]) if operator == "Gt" else int(value) < int(values[0])
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[operator]


@dataclass
class Pod:
    """One workload's Pods: they are all alike."""

    owner: dict
    template: dict
    replicas: int

    @property
    def spec(self):
        return self.template["spec"]

    @property
    def labels(self):
        return labels_of(self.template)

    @property
    def namespace(self):
        return namespace_of(self.owner)

    @property
    def kind(self):
        return self.owner["kind"]

    @property
    def name(self):
        return name_of(self.owner)

    @property
    def containers(self):
        return self.spec.get("containers", [])

    @property
    def all_containers(self):
        return self.spec.get("initContainers", []) + self.containers

    @property
    def stays(self):
        """It is meant to run until somebody stops it."""
        return self.kind not in ("Job", "CronJob")

    def requests(self):
        """What the scheduler counts: the sum of the containers, or an init container's if more."""

        def of(container, what):
            resources = container.get("resources", {})
            given = at(resources, "requests." + what) or at(resources, "limits." + what) or 0
            return number(given)

        total = {}
        for what in ("cpu", "memory"):
            side = sum(
                of(c, what)
                for c in self.spec.get("initContainers", [])
                if c.get("restartPolicy") == "Always"
            )
            first = max(
                (
                    of(c, what)
                    for c in self.spec.get("initContainers", [])
                    if c.get("restartPolicy") != "Always"
                ),
                default=0,
            )
            total[what] = max(side + sum(of(c, what) for c in self.containers), side + first)
        return total


TEMPLATES = {
    "Deployment": "spec.template",
    "StatefulSet": "spec.template",
    "DaemonSet": "spec.template",
    "Job": "spec.template",
    "Rollout": "spec.template",
    "CronJob": "spec.jobTemplate.spec.template",
}


@dataclass
class World:
    name: str
    objects: list
    program: object
    nodes: list = field(default_factory=list)
    others: dict = field(default_factory=dict)  # what common.yaml and overlays/ say
    kept: dict = field(default_factory=dict)

    def of(self, *kinds):
        return [thing for thing in self.objects if thing["kind"] in kinds]

    def find(self, kind, name, namespace=None):
        for thing in self.objects:
            if (
                thing["kind"] == kind
                and name_of(thing) == name
                and (namespace is None or namespace_of(thing) in ("", namespace))
            ):
                return thing
        return None

    def pods(self):
        """Every workload's Pods; worked out once, for a rule changes nothing."""
        if "pods" not in self.kept:
            self.kept["pods"] = self.list_pods()
        return self.kept["pods"]

    def list_pods(self):
        result = []
        for thing in self.objects:
            if thing["kind"] == "Pod":
                result.append(Pod(thing, thing, 1))
            elif thing["kind"] in TEMPLATES and at(thing, TEMPLATES[thing["kind"]]):
                result.append(Pod(thing, at(thing, TEMPLATES[thing["kind"]]), self.replicas(thing)))
        return result

    def replicas(self, thing):
        """How many there are at the least once everything runs."""
        if thing["kind"] == "DaemonSet":
            return len(self.nodes)
        scaler = self.scaler(thing)
        if scaler is not None:
            return at(scaler, "spec.minReplicas", 1)
        if thing["kind"] == "Deployment" and (rollout := self.rollout(thing)) is not None:
            return at(rollout, "spec.replicas", 1)
        return at(thing, "spec.replicas", 1)

    def rollout(self, deployment):
        for thing in self.of("Rollout"):
            if at(thing, "spec.workloadRef.name") == name_of(deployment) and namespace_of(
                thing
            ) == namespace_of(deployment):
                return thing
        return None

    def scaler(self, thing):
        """The HorizontalPodAutoscaler of a workload, also one that scales its Rollout."""
        rollout = self.rollout(thing) if thing["kind"] == "Deployment" else None
        for scaler in self.of("HorizontalPodAutoscaler"):
            target = at(scaler, "spec.scaleTargetRef", {})
            for one in (thing, rollout):
                if (
                    one is not None
                    and target.get("kind") == one["kind"]
                    and target.get("name") == name_of(one)
                    and namespace_of(scaler) == namespace_of(one)
                ):
                    return scaler
        return None

    def selected(self, selector, namespace):
        """The Pods that a selector finds, also by labels that they get while they run."""
        at_run = self.others.get("labels_at_run", {})
        return [
            pod
            for pod in self.pods()
            if pod.namespace == namespace
            and any(
                matches(selector, {**pod.labels, **more})
                for more in [{}] + at_run.get(pod.name, [])
            )
        ]

    def anybody(self, selector, namespace):
        """Whether it finds a Pod, ours or one that an operator makes of an object of ours."""
        return bool(self.selected(selector, namespace)) or any(
            row["namespace"] == namespace and matches(selector, row["labels"])
            for row in self.others.get("outsiders", [])
        )

    def services_of(self, pod):
        return [
            thing
            for thing in self.of("Service")
            if namespace_of(thing) == pod.namespace
            and at(thing, "spec.selector")
            and matches({"matchLabels": thing["spec"]["selector"]}, pod.labels)
        ]

    def souk_containers(self):
        """(pod, container) of those that run the program."""
        return [
            (pod, container)
            for pod in self.pods()
            for container in pod.all_containers
            if re.match(r"(.*/)?souk[:@]", container.get("image", ""))
        ]

    def data_of(self, kind, name, namespace):
        """The keys and values of a ConfigMap, or of a Secret wherever it comes from."""
        thing = self.find(kind, name, namespace)
        if thing is not None:
            return {**thing.get("data", {}), **thing.get("stringData", {})}
        if kind == "Secret":
            sealed = self.find("SealedSecret", name, namespace)
            if sealed is not None:
                return at(sealed, "spec.encryptedData", {})
            for certificate in self.of("Certificate"):
                if (
                    at(certificate, "spec.secretName") == name
                    and namespace_of(certificate) == namespace
                ):
                    return {"tls.crt": "", "tls.key": "", "ca.crt": ""}
        return None

    def environment(self, pod, container):
        """The variables of a container; those from Secrets have a stand-in for a value."""
        found = {}
        for source in container.get("envFrom", []):
            for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if key in source:
                    data = self.data_of(kind, source[key]["name"], pod.namespace) or {}
                    found.update(
                        {
                            source.get("prefix", "") + name: value if kind == "ConfigMap" else None
                            for name, value in data.items()
                        }
                    )
        for entry in container.get("env", []):
            reference = at(entry, "valueFrom.configMapKeyRef")
            if reference:
                data = self.data_of("ConfigMap", reference["name"], pod.namespace) or {}
                found[entry["name"]] = data.get(reference["key"])
            else:
                found[entry["name"]] = entry.get("value") if "valueFrom" not in entry else None
        return {name: self.expanded(value, found) for name, value in found.items()}

    @staticmethod
    def expanded(value, variables):
        if value is None:
            return None
        return re.sub(r"\$\((\w+)\)", lambda found: variables.get(found[1]) or "x" * 32, str(value))
