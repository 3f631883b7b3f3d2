"""What .github/workflows must be before GitHub reads it: whole, and of this repository."""

import os
import re
import subprocess

import yaml

# github.X, and the others that a step may ask.
CONTEXTS = {"github", "env", "secrets", "matrix", "needs", "steps", "runner", "inputs", "vars"}
SHA = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


class Loader(yaml.SafeLoader):
    """`on` is a word there, no truth."""


Loader.yaml_implicit_resolvers = {
    key: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool" or key not in "oOyYnN"]
    for key, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def faults(text, repository):
    """Sentences about one workflow."""
    try:
        workflow = yaml.load(text, Loader=Loader)
    except yaml.YAMLError as error:
        yield f"it is no YAML: {error}"
        return
    if "on" not in workflow:
        yield "nothing starts it"
    if "permissions" not in workflow:
        yield "its token may do everything: say its permissions"
    jobs = workflow.get("jobs", {})
    for name, job in jobs.items():
        for sentence in job_faults(job, jobs, repository):
            yield f"{name}: {sentence}"
    for line in text.splitlines():
        if re.search(r"uses:\s*[^.\s]\S*@[0-9a-f]{40}\s*$", line):
            yield f"no comment says which version {line.split('uses:')[1].strip()} is"


def job_faults(job, jobs, repository):
    wanted = job.get("needs", [])
    for other in [wanted] if isinstance(wanted, str) else wanted:
        if other not in jobs:
            yield f"it needs {other}, which is not there"
    if "uses" in job:
        yield from called_faults(job["uses"], repository)
        return
    if "runs-on" not in job:
        yield "it runs on nothing"
    if "timeout-minutes" not in job:
        yield "it may run for six hours: give it timeout-minutes"
    ids = set()
    for step in job.get("steps", []):
        yield from step_faults(step, job, ids, repository)
        ids.add(step.get("id"))


def called_faults(path, repository):
    file = repository / path
    if not path.startswith("./") or not file.exists():
        yield f"there is no workflow {path}"
    elif "workflow_call" not in yaml.load(file.read_text(), Loader=Loader)["on"]:
        yield f"{path} may not be called"


def step_faults(step, job, ids, repository):
    if ("uses" in step) == ("run" in step):
        yield f"a step has to use or to run something: {sorted(step)}"
    if "uses" in step and not SHA.fullmatch(step["uses"]):
        yield f"{step['uses']} is not pinned to a commit"
    for commands in filled(step.get("run", ""), job):
        yield from command_faults(commands, repository)
    for expression in re.findall(r"\$\{\{(.*?)\}\}", yaml.safe_dump(step), re.S):
        yield from expression_faults(expression, job, ids)


def rows(job):
    return job.get("strategy", {}).get("matrix", {}).get("include", [])


def filled(commands, job):
    """What is run in each row of the matrix; what only GitHub knows is an x."""
    for row in rows(job) or [{}]:
        text = re.sub(
            r"\$\{\{ matrix\.(\w+) \}\}", lambda found: str(row.get(found[1], "x")), commands
        )
        yield re.sub(r"\$\{\{.*?\}\}", "x", text)


def command_faults(plain, repository):
    done = subprocess.run(["bash", "-n"], input=plain, capture_output=True, text=True)
    if done.returncode != 0:
        yield f"bash does not read it: {done.stderr.strip()}"
    makefile = (repository / "Makefile").read_text()
    for target in re.findall(r"(?:^|[;&|]\s*)make (?:--?\S+ )*([a-z-]+)", plain, re.M):
        if not re.search(rf"^{target}:", makefile, re.M):
            yield f"there is no target {target} in the Makefile"
    for path in re.findall(r"(?:^|[\s;&|])((?:tools|tests|deploy)/[\w./-]+\.(?:sh|py))", plain):
        if not os.access(repository / path, os.X_OK):
            yield f"there is no program {path}"


def expression_faults(expression, job, ids):
    for context, rest in re.findall(r"(?<![\w.'])([a-z]\w*)\.([\w.-]+)", expression):
        first = rest.split(".")[0]
        if context not in CONTEXTS:
            yield f"there is no {context}.{rest}"
        if context == "steps" and first not in ids:
            yield f"no step before it is called {first}"
        if context == "secrets" and first != "GITHUB_TOKEN":
            yield f"it wants a secret {first}; all is done with the run's own token"
        if context == "matrix" and not any(first in row for row in rows(job)):
            yield f"its matrix has no {first}"


def pinned(text):
    """"ACTION VERSION" of each that a workflow uses."""
    return {
        f"{name} {version}"
        for name, version in re.findall(r"uses:\s*([^@\s]+)@[0-9a-f]{40}\s+# (\S+)", text)
    }
