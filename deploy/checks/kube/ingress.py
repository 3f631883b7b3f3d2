"""Rules about what NGINX Ingress Controller makes of an Ingress: it ignores an annotation that it
does not know, and a whole Ingress for one value that it cannot read or a host that another has."""

import re

from kube.delivery import wave
from kube.world import at, name_of, namespace_of, rule

BOOL = r"(?i:true|false|t|f|1|0)"
TIME = r"\d+(ms|[smhdwMy])?( \d+(ms|[smhdwMy]))*"
SIZE = r"\d+[kKmM]?"
COUNT = r"\d+"
NAMES = r"[a-z0-9.-]+(\s*,\s*[a-z0-9.-]+)*"
PORTS = r"\d+(\s*,\s*\d+)*"
HEADERS = r"[\w-]+(\s*,\s*[\w-]+)*"
PATH = r"/[^\s{};$|^<>\\\"#\[\]]*"
WHEN = (
    "error|timeout|invalid_header|denied|http_500|http_502|http_503|http_504|http_403|http_404"
    "|http_429|non_idempotent"
)
# Those of the controller without NGINX Plus (5.6), with the form that it takes.
KNOWN = {
    "mergeable-ingress-type": "master|minion",
    "policies": NAMES,
    # of the host
    "listen-ports": PORTS,
    "listen-ports-ssl": PORTS,
    "server-tokens": BOOL,
    "app-root": PATH,
    "redirect-to-https": BOOL,
    "ssl-redirect": BOOL,
    "http-redirect-code": "301|302|307|308",
    "hsts": BOOL,
    "hsts-max-age": COUNT,
    "hsts-include-subdomains": BOOL,
    "hsts-behind-proxy": BOOL,
    "ssl-ciphers": r"[\w:!+@=-]+",
    "ssl-prefer-server-ciphers": BOOL,
    "proxy-hide-headers": HEADERS,
    "proxy-pass-headers": HEADERS,
    # of each path
    "basic-auth-secret": r"[a-z0-9.-]+",
    "basic-auth-realm": r'([^"$\\]|\\[^$])*',
    "proxy-connect-timeout": TIME,
    "proxy-read-timeout": TIME,
    "proxy-send-timeout": TIME,
    "proxy-next-upstream": f"off|({WHEN})( ({WHEN}))*",
    "proxy-next-upstream-timeout": TIME,
    "proxy-next-upstream-tries": COUNT,
    "proxy-set-headers": r"[\w-]+(\s*:[^,]*)?(,\s*[\w-]+(\s*:[^,]*)?)*",
    "proxy-buffering": BOOL,
    "proxy-buffers": r"\d+ \d+[kKmM]?",
    "proxy-buffer-size": SIZE,
    "proxy-busy-buffers-size": SIZE,
    "proxy-max-temp-file-size": SIZE,
    "client-max-body-size": r"\d+[kKmMgG]?",
    "client-body-buffer-size": SIZE,
    "path-regex": "case_sensitive|case_insensitive|exact",
    "rewrites": r"serviceName=[a-z0-9-]+ rewrite=\S+(;serviceName=[a-z0-9-]+ rewrite=\S+)*",
    "rewrite-target": r"/\S*",
    "limit-req-rate": r"[1-9]\d*r/[sm]",
    "limit-req-key": r"(\$\{\w+\}|[^$])+",
    "limit-req-zone-size": SIZE,
    "limit-req-delay": COUNT,
    "limit-req-no-delay": BOOL,
    "limit-req-burst": COUNT,
    "limit-req-dry-run": BOOL,
    "limit-req-log-level": "info|notice|warn|error",
    "limit-req-reject-code": r"[45]\d\d",
    "limit-req-scale": BOOL,
    # of what is behind
    "lb-method": r"round_robin|least_conn|ip_hash|random( two( least_conn)?)?"
    r"|hash \S+( consistent)?",
    "ssl-services": NAMES,
    "grpc-services": NAMES,
    "websocket-services": NAMES,
    "sticky-cookie-services": r"serviceName=[a-z0-9-]+ \S.*",
    "max-fails": COUNT,
    "max-conns": COUNT,
    "fail-timeout": TIME,
    "upstream-zone-size": SIZE,
    "keepalive": COUNT,
    "use-cluster-ip": BOOL,
}
# Snippets put text into NGINX's configuration, past all that is checked here: the controllers are
# not told to read them (controller.enableSnippets).
SNIPPETS = {"location-snippets", "server-snippets"}
# What a master leaves to its minions, and a minion to its master.
NOT_OF_MASTER = {
    "rewrites", "ssl-services", "grpc-services", "websocket-services", "use-cluster-ip",
    "path-regex",
}  # fmt: skip
NOT_OF_MINION = {
    "proxy-hide-headers", "proxy-pass-headers", "redirect-to-https", "ssl-redirect",
    "http-redirect-code", "hsts", "hsts-max-age", "hsts-include-subdomains", "server-tokens",
    "listen-ports", "listen-ports-ssl", "ssl-ciphers", "ssl-prefer-server-ciphers", "app-root",
}  # fmt: skip
CONTROLLER = "nginx.org/ingress-controller"
CHART = "nginx-ingress"


def kind_of(thing):
    return at(thing, "metadata.annotations", {}).get("nginx.org/mergeable-ingress-type", "")


def said_of(annotations, part):
    """A sentence for each annotation that the controller would not do."""
    refused = {"master": NOT_OF_MASTER, "minion": NOT_OF_MINION}.get(part, set())
    for full, value in annotations.items():
        prefix, _, name = full.rpartition("/")
        if prefix == "nginx.ingress.kubernetes.io":
            yield f"{full} is one of ingress-nginx, which is no more"
        elif prefix == "nginx.com" or prefix.endswith("f5.com"):
            yield f"{full} wants NGINX Plus"
        elif prefix == "nginx.org" and name in SNIPPETS:
            yield f"{full}: the controllers read no snippets"
        elif prefix == "nginx.org" and name not in KNOWN:
            yield f"the ingress controller knows no {full}"
        elif prefix == "nginx.org" and not re.fullmatch(KNOWN[name], str(value)):
            yield f"{full} cannot be {value!r}"
        elif prefix == "nginx.org" and name in refused:
            yield f"{full} does nothing on a {part}"


@rule
def annotations_are_the_controllers(world):
    for thing in world.of("Ingress"):
        annotations = at(thing, "metadata.annotations", {})
        for sentence in said_of(annotations, kind_of(thing)):
            yield thing, sentence


@rule
def hosts_have_one_owner(world):
    hosts = {}
    for thing in world.of("Ingress"):
        rows = at(thing, "spec.rules", [])
        for row in rows:
            hosts.setdefault(row.get("host"), []).append(thing)
        paths = [path for row in rows for path in at(row, "http.paths", [])]
        if kind_of(thing) == "master" and paths:
            yield thing, "a master has no paths: they are its minions'"
        if kind_of(thing) != "master" and not paths:
            yield thing, "it has no path"
        if kind_of(thing) == "minion" and at(thing, "spec.tls"):
            yield thing, "a minion has no certificate: it is its master's"
    for host, things in hosts.items():
        if host is None:
            yield things[0], "it is of no host, and the ingress controller ignores it"
            continue
        owners = [thing for thing in things if kind_of(thing) != "minion"]
        for thing in things if not owners else owners[1:]:
            yield thing, f"{host} has {len(owners)} owners, and needs one"
        if any(kind_of(owner) != "master" for owner in owners) and len(things) > len(owners):
            yield owners[0], f"others are minions of {host}, and it is no master"


@rule
def certificates_are_had(world):
    """The Secret of each host is a Certificate's, for that host; and who proves whose the host is
    gets through: its path is a minion, and TLS, to which it is sent, answers before."""
    for thing in world.of("Ingress"):
        for row in at(thing, "spec.tls", []):
            given = [
                one for one in world.of("Certificate")
                if namespace_of(one) == namespace_of(thing)
                and at(one, "spec.secretName") == row.get("secretName")
            ]
            names = at(given[0], "spec.dnsNames", []) if given else []
            for host in row.get("hosts", []):
                if host not in names:
                    yield thing, f"no Certificate for {host} is put into {row.get('secretName')}"
            for one in given:
                yield from challenge_faults(world, thing, one)


def challenge_faults(world, thing, certificate):
    issuer = world.find("Issuer", at(certificate, "spec.issuerRef.name"), namespace_of(certificate))
    solvers = [at(row, "http01.ingress") for row in at(issuer or {}, "spec.acme.solvers", [])]
    for solver in filter(None, solvers):
        annotations = at(solver, "ingressTemplate.metadata.annotations", {})
        wanted = "minion" if kind_of(thing) == "master" else None
        if annotations.get("nginx.org/mergeable-ingress-type") != wanted:
            yield issuer, f"its challenge would be a second owner of the host of {name_of(thing)}"
        for sentence in said_of(annotations, "minion"):
            yield issuer, sentence
        if at(solver, "ingressClassName") != at(thing, "spec.ingressClassName"):
            yield issuer, f"its challenge is of another class than {name_of(thing)}"
        own = at(certificate, "metadata.annotations", {})
        redirects = at(thing, "metadata.annotations", {}).get("nginx.org/ssl-redirect") != "false"
        if redirects and own.get("cert-manager.io/issue-temporary-certificate") != "true":
            yield certificate, "before it is there the challenge is sent to TLS, which is refused"


@rule
def classes_are_served(world):
    """Where the controllers are installed: the class is theirs, and there before they are."""
    controllers = [
        thing for thing in world.of("Application") if at(thing, "spec.source.chart") == CHART
    ]
    served = {}
    for thing in controllers:
        values = at(thing, "spec.source.helm.valuesObject.controller", {})
        name = at(values, "ingressClass.name", "nginx")
        served.setdefault(name, []).append(thing)
        made = world.find("IngressClass", name)
        if at(values, "ingressClass.create", True):
            yield thing, f"it makes the class {name}, which others serve too"
        if made is None or at(made, "spec.controller") != CONTROLLER:
            yield thing, f"there is no IngressClass {name} of {CONTROLLER}: it does not start"
        elif wave(made) >= wave(thing):
            yield thing, f"it comes no later than its class {name}, and does not start before"
    for name, things in served.items():
        writing = [
            one for one in things
            if at(one, "spec.source.helm.valuesObject.controller.reportIngressStatus.enable", True)
        ]
        if len(writing) != 1:
            yield things[0], f"{len(writing)} controllers of {name} write addresses, not one"
    for thing in world.of("Ingress") if controllers else []:
        if at(thing, "spec.ingressClassName") not in served:
            yield thing, f"nobody serves its class {at(thing, 'spec.ingressClassName')}"
