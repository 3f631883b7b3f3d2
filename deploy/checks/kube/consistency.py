"""Rules that hold the manifests against the program: settings, arguments, paths, metrics."""

import json
import re

import yaml

from kube.world import at, rule

# What `souk serve SERVICE` cannot do without where services are apart.
APART = ("SOUK_DATABASE_URL", "SOUK_PEER_KEY", "SOUK_LISTEN", "SOUK_PUBLIC_URL")
ALONE = ("SOUK_DATA_DIR", "SOUK_LISTEN", "SOUK_PUBLIC_URL")
STAND_IN = "x" * 32


def arguments(container):
    """What the program is started with, without the path that an explicit command begins with."""
    return container.get("command", [])[1:] + container.get("args", [])


def served(world, container):
    """The services that a container runs; empty when it serves none."""
    words = arguments(container) or ["serve"]
    if words[0] != "serve":
        return []
    named = [word for word in words[1:] if not word.startswith("--")]
    for entry in container.get("env", []):
        if entry["name"] == "SOUK_SERVICES" and not named:
            named = [word for word in entry.get("value", "").split(",") if word]
    return named or world.program.services


def values(world, pod, container):
    found = world.environment(pod, container)
    return {
        name: STAND_IN if value is None else value
        for name, value in found.items()
        if name.startswith("SOUK_")
    }


@rule
def settings_exist(world):
    for pod, container in world.souk_containers():
        given = values(world, pod, container)
        for name in given:
            if name not in world.program.settings:
                yield pod.owner, f"the program has no setting {name}"
        done = world.program.run("config", **given)
        if done.returncode != 0:
            yield pod.owner, done.stderr.strip()


@rule
def settings_are_set(world):
    for pod, container in world.souk_containers():
        services = served(world, container)
        apart = 0 < len(services) < len(world.program.services)
        needed = APART if apart else ALONE if services else ()
        given = values(world, pod, container)
        for name in needed:
            if not given.get(name):
                yield pod.owner, f"container {container['name']} is not told {name}"
        listen = given.get("SOUK_LISTEN", "")
        ports = {port["containerPort"] for port in container.get("ports", [])}
        if (
            services
            and listen
            and (not listen.startswith("0.0.0.0:") or int(listen.rpartition(":")[2]) not in ports)
        ):
            yield pod.owner, f"it listens on {listen}, which is no port of the container for others"


@rule
def secrets_come_from_secrets(world):
    secret = {
        name for name in world.program.settings if re.search(r"_KEY$|_SECRET$|PASSWORD", name)
    }
    for pod in world.pods():
        for container in pod.all_containers:
            for entry in container.get("env", []):
                value = entry.get("value") or ""
                if entry["name"] in secret or re.search("PASSWORD|TOKEN|SECRET", entry["name"]):
                    if (
                        value
                        and not re.fullmatch(r"\$\(\w+\)", value)
                        and not value.startswith("/")
                    ):
                        yield pod.owner, f"{entry['name']} stands in the manifest for all to read"
                elif re.search(r"://[^:/@]*:[^$@][^@]*@", value):
                    yield pod.owner, f"{entry['name']} has a password for all to read"


@rule
def arguments_are_real(world):
    for pod, container in world.souk_containers():
        words = arguments(container) or ["serve"]
        if container.get("command") and container["command"][0] not in ("/usr/bin/souk", "souk"):
            yield pod.owner, f"the image has no {container['command'][0]}"
            continue
        if words[0] not in world.program.commands:
            yield pod.owner, f"the program has no command {words[0]}"
            continue
        usage = world.program.commands[words[0]]
        settings = {
            "--" + name[len("SOUK_") :].lower().replace("_", "-") for name in world.program.settings
        }
        for word in words[1:]:
            option = word.partition("=")[0]
            if option.startswith("--") and option not in settings and option not in usage:
                yield pod.owner, f"souk {words[0]} has no {option}"
        if words[0] in ("serve", "migrate"):
            for word in words[1:]:
                if not word.startswith("--") and word not in world.program.services:
                    yield pod.owner, f"there is no service {word}"


@rule
def services_are_in_the_environment(world):
    """So that a command that somebody runs in the container is of the same services."""
    for pod, container in world.souk_containers():
        if arguments(container)[:1] == ["serve"] and any(
            not word.startswith("--") for word in arguments(container)[1:]
        ):
            yield (
                pod.owner,
                "which services it serves stands in its arguments, where souk admin, run in the "
                "container, does not see it: SOUK_SERVICES",
            )


@rule
def every_service_runs(world):
    running = [
        service
        for pod, container in world.souk_containers()
        if pod.stays
        for service in served(world, container)
    ]
    for service in world.program.services:
        if running.count(service) != 1:
            yield world.objects[
                0
            ], f"{service} is run by {running.count(service)} workloads, not one"


@rule
def peers_are_found(world):
    """Without SOUK_PEERS a service is at NAME-service:8080, so that has to be its Service."""
    for pod, container in world.souk_containers():
        services = served(world, container)
        if not services or len(services) == len(world.program.services):
            continue
        given = values(world, pod, container).get("SOUK_PEERS", "")
        named = dict(pair.split("=", 1) for pair in given.split(",") if "=" in pair)
        for peer in set(world.program.services) - set(services):
            url = named.get(peer, f"http://{peer}-service:8080")
            host, port = re.match(r"http://([^:/.]+)[^:/]*:(\d+)", url).groups()
            service = world.find("Service", host, pod.namespace)
            if service is None or int(port) not in [
                row["port"] for row in service["spec"]["ports"]
            ]:
                yield pod.owner, f"it looks for {peer} at {url}, and no Service is there"


@rule
def probe_paths_are_real(world):
    paths = {path for method, path, _ in world.program.routes if method == "GET"}
    for pod, container in world.souk_containers():
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            path = at(container, probe + ".httpGet.path")
            if path is not None and path not in paths:
                yield pod.owner, f"{probe} asks {path}, which is no route"
        if at(container, "livenessProbe.httpGet.path") == "/readyz":
            yield pod.owner, "livenessProbe depends on others: a database that is away restarts it"
    for thing in world.of("ServiceMonitor", "PodMonitor"):
        for endpoint in thing["spec"].get(
            "endpoints", thing["spec"].get("podMetricsEndpoints", [])
        ):
            path = endpoint.get("path", "/metrics")
            if path not in paths and path not in world.others.get("metrics_paths", []):
                yield thing, f"it scrapes {path}, which is no route"


@rule
def ingress_paths_are_real(world):
    """A prefix under /api/v1 that no route begins with is a mistake in the Ingress."""
    paths = [re.sub(r"\{.*", "", path) for _, path, _ in world.program.routes]
    for thing in world.of("Ingress"):
        for row in at(thing, "spec.rules", []):
            for path in at(row, "http.paths", []):
                begin = path.get("path", "/").rstrip("/") or "/"
                if begin.startswith("/api") and not any(known.startswith(begin) for known in paths):
                    yield thing, f"no route begins with {begin}"


# Metrics.

WORDS = {
    "sum",
    "avg",
    "min",
    "max",
    "count",
    "rate",
    "irate",
    "increase",
    "delta",
    "idelta",
    "deriv",
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "and",
    "or",
    "unless",
    "bool",
    "offset",
    "histogram_quantile",
    "abs",
    "absent",
    "absent_over_time",
    "ceil",
    "floor",
    "clamp",
    "clamp_max",
    "clamp_min",
    "changes",
    "label_replace",
    "label_join",
    "predict_linear",
    "round",
    "scalar",
    "vector",
    "time",
    "topk",
    "bottomk",
    "quantile",
    "stddev",
    "sum_over_time",
    "avg_over_time",
    "max_over_time",
    "min_over_time",
    "count_over_time",
    "last_over_time",
    "quantile_over_time",
    "resets",
    "sort",
    "sort_desc",
    "exp",
    "ln",
    "log2",
    "sqrt",
    "inf",
    "nan",
    "count_values",
    "group",
    "sgn",
    "timestamp",
    "hour",
    "minute",
    "day_of_week",
    "atan2",
    "start",
    "end",
    "present_over_time",
    "label_values",
    "query_result",
    "minute",
    "month",
    "year",
}


def metric_names(expression):
    """The names of time series in PromQL: what is no word, no label, no text and no duration."""
    text = re.sub(r'"(?:\\.|[^"\\])*"|\'[^\']*\'', '""', expression)
    text = re.sub(r"\[\[.*?\]\]|\$\{?\w+(:\w+)?\}?|\{\{.*?\}\}", "", text)
    text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", "", text)
    labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", " ".join(re.findall(r"\{[^}]*\}", text))))
    text = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\boffset\s+\w+", " ", text)
    names = set(re.findall(r"(?<![\w.:])[a-zA-Z_:][\w:]*", text)) - WORDS - {"Inf", "NaN"}
    return names, labels


def expressions(world):
    """(object, PromQL) wherever it stands: rules, dashboards, analyses, adapters, scalers."""
    for thing in world.of("PrometheusRule"):
        for group in at(thing, "spec.groups", []):
            for row in group["rules"]:
                yield thing, str(row["expr"])
    for thing in world.of("AnalysisTemplate", "ClusterAnalysisTemplate"):
        for metric in at(thing, "spec.metrics", []):
            query = at(metric, "provider.prometheus.query")
            if query:
                yield thing, query
    for thing in world.of("ConfigMap"):
        for key, text in thing.get("data", {}).items():
            if key.endswith(".json"):
                yield from ((thing, one) for one in dashboard_queries(json.loads(text)))
    for thing in world.of("ScaledObject"):
        for trigger in at(thing, "spec.triggers", []):
            if "query" in trigger.get("metadata", {}):
                yield thing, trigger["metadata"]["query"]


def dashboard_queries(part):
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("expr", "definition") and isinstance(value, str):
                found = re.fullmatch(r"label_values\((.*),\s*\w+\)", value.strip(), re.S)
                yield found[1] if found else value
            else:
                yield from dashboard_queries(value)
    elif isinstance(part, list):
        for one in part:
            yield from dashboard_queries(one)


def recorded(world):
    return {
        row["record"]
        for thing in world.of("PrometheusRule")
        for group in at(thing, "spec.groups", [])
        for row in group["rules"]
        if "record" in row
    }


@rule
def metrics_are_exported(world):
    known = set(world.program.metrics) | recorded(world) | set(world.others.get("metrics", []))
    for thing, expression in expressions(world):
        for name in sorted(metric_names(expression)[0] - known):
            yield thing, f"nobody exports {name}"


@rule
def scaling_metrics_are_exported(world):
    """A metric that an autoscaler asks the adapter for is one that the adapter makes."""
    made = world.others.get("custom_metrics", {})
    for thing in world.of("HorizontalPodAutoscaler"):
        for metric in at(thing, "spec.metrics", []):
            name = (
                at(metric, "pods.metric.name")
                or at(metric, "object.metric.name")
                or at(metric, "external.metric.name")
            )
            if name is None:
                continue
            series = adapted(world).get(name)
            if series is None:
                yield thing, f"no rule of the metrics adapter makes {name}"
            elif (
                series not in world.program.metrics
                and series not in world.others.get("metrics", [])
                and series not in recorded(world)
                and series not in made
            ):
                yield thing, f"{name} is made of {series}, which nobody exports"


def adapted(world):
    """Custom metric: the series it is made of, by the Prometheus adapter's configuration."""
    found = {}
    for thing in world.of("ConfigMap"):
        for key, text in thing.get("data", {}).items():
            if not key.endswith(".yaml") or "seriesQuery" not in text:
                continue
            rows = yaml.safe_load(text)
            for row in rows.get("rules", []) + rows.get("externalRules", []):
                series = re.match(r"[\w:]+", row["seriesQuery"])[0]
                name = at(row, "name.as") or series
                found[name.replace("${0}", series)] = series
    return found


@rule
def alerts_tell_what_to_do(world):
    for thing in world.of("PrometheusRule"):
        for group in at(thing, "spec.groups", []):
            for row in group["rules"]:
                if "alert" not in row:
                    continue
                for path in ("annotations.summary", "annotations.runbook_url", "labels.severity"):
                    if not at(row, path):
                        yield thing, f"alert {row['alert']} has no {path}"
                page = at(row, "annotations.runbook_url", "")
                if page and not runbook_there(world.others["repository"], page):
                    yield thing, f"alert {row['alert']}: there is no runbook {page}"


def runbook_there(repository, address):
    """A page of docs/, in the repository or at an address that ends with its path; its anchor is
    one of the page's headings."""
    path, _, anchor = address[max(address.find("docs/"), 0) :].partition("#")
    if not (repository / path).is_file():
        return False
    headings = re.findall(r"^#+ (.*)$", (repository / path).read_text(), re.M)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return not anchor or anchor in slugs


@rule
def gateway_is_printed(world):
    """The gateway's configuration is what the program prints, word for word."""
    for thing in world.of("ConfigMap"):
        for key, text in thing.get("data", {}).items():
            if not text.startswith("# Printed by `souk gateway`"):
                continue
            words = world.others.get("gateway", [])
            if text.strip() != world.program.said("gateway", *words).strip():
                yield thing, f"{key} is not what souk gateway {' '.join(words)} prints"


@rule
def sales_begin_warm(world):
    """Before a sale something fills the caches that all processes share."""
    if not world.others.get("sale"):
        return
    found = [
        pod.owner
        for pod, container in world.souk_containers()
        if pod.kind == "CronJob" and arguments(container)[:1] == ["warm"]
    ]
    if not found:
        yield world.objects[0], "nothing warms the caches before a sale"
    for thing in found:
        if at(thing, "spec.suspend"):
            yield thing, "it is suspended in a sale too"


def owner(world, service):
    """The Pod that serves a service, alone or with others."""
    for pod, container in world.souk_containers():
        if pod.stays and service in served(world, container):
            return pod
    return None
