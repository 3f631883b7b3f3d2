"""Rules about the commands that guides tell people to type, at night too: they would work."""

import re

from kube.world import rule

EXEC = re.compile(
    r"kubectl(?: -n \S+)? (?:exec|logs)(?: -f)? (?P<target>[^\s`]+)"
    r"(?: -c (?P<container>[^\s`]+))?(?: -- (?P<program>[^\s`]+))?"
)
# They ask PostgreSQL, which lets nobody in without a password, not even by its socket.
ASK = {"psql", "pgbackrest", "pg_dump", "pgbench"}
WRONG = {
    "argo rollouts undo": "Argo CD puts back what the repository says: abort, and revert the"
    " commit",
    "kubectl rollout restart deploy/": "a Rollout has the Pods of services: kubectl argo rollouts"
    " restart",
}


def pods_at(world, target):
    """Whose Pods a command may mean; None: they are not of the manifests."""
    if target.isupper():
        return world.pods()
    kind, slash, name = target.rpartition("/")
    if kind == "job" or target.startswith("-") or name in world.others.get("elsewhere", []):
        return None
    if not slash:
        name = re.sub(r"-\d+$", "", name)
    return [pod for pod in world.pods() if pod.name == name]


def containers_at(world, target, container):
    return [
        found
        for pod in pods_at(world, target) or []
        for found in pod.containers
        if container in (None, found["name"])
    ]


def faults_of_command(world, command):
    target, container, program = command.group("target", "container", "program")
    if pods_at(world, target) is None or (container or "").isupper():
        return
    found = containers_at(world, target, container)
    if not found:
        yield f"nothing is called {target}" + (f" with a container {container}" * bool(container))
    elif program in ASK and not any(
        entry["name"] == "PGPASSWORD" for entry in found[0].get("env", [])
    ):
        yield f"{program} has no PGPASSWORD in {target}, container {found[0]['name']}"


@rule
def commands_can_be_typed(world):
    for path, text in world.others.get("guides", {}).items():
        text = " ".join(text.split())
        for command in EXEC.finditer(text):
            for sentence in faults_of_command(world, command):
                yield world.objects[0], f"{path}: {command.group()}: {sentence}"
        for words, sentence in WRONG.items():
            if words in text:
                yield world.objects[0], f"{path}: {words}: {sentence}"
