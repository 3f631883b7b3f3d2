#!/usr/bin/env python3
"""Takes a stack from the version before to this one and back, under load.

    tests/cluster/upgrade.py SOUK [--from REF] [--port N] [--untimed] [--seed N] [--shoppers N]

The version before is the commit before the last one that touched a schema, or REF; it is built from
the repository's history, once (build-check/upgrade). The stack starts with it. While shoppers buy:
the new version migrates, a process of the old one is started anew on the newer schema, all
processes are replaced by new ones, one by one, then by old ones again, and the old version migrates
once more. Promises: those of drill.py, not one request fails, every process is of the version that
it should be, and the audits of both versions find nothing. The gateway stays as it was: NGINX is
not what is changed here, and to read its list of routes anew it drops idle connections.
"""
import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile

import drill
import faults
import processes
import stack
from drills import free_block

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SCHEMAS = ":(glob)src/**/schema/*.sql"
KEPT = os.path.join(ROOT, "build-check", "upgrade")
OLD, NEW = "souk-old", "souk-new"


def git(*words):
    done = subprocess.run(["git", "-C", ROOT, *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit("upgrade: git %s: %s" % (words[0], done.stderr.strip()))
    return done.stdout.strip()


def version_before(ref):
    if git("rev-parse", "--is-shallow-repository") == "true":
        sys.exit("upgrade: the history is cut short: git fetch --unshallow")
    return git("rev-parse", (ref or git("log", "-1", "--format=%H", "--", SCHEMAS) + "~1")
               + "^{commit}")


def breaking_since(commit):
    """Lines that were added to the files `breaking`: there is no way back past them."""
    changed = git("diff", "-U0", commit, "--", ":(glob)src/**/schema/breaking")
    return [line[1:] for line in changed.splitlines()
            if line.startswith("+") and not line.startswith("+++")]


def build(commit):
    """The program of a commit, with the pages and pictures of today."""
    binary = os.path.join(KEPT, commit, "souk")
    if os.path.exists(binary):
        return binary
    shutil.rmtree(KEPT, ignore_errors=True)
    print("building %s" % git("log", "-1", "--format=%h %s", commit), flush=True)
    with tempfile.TemporaryDirectory(prefix="souk-upgrade.") as tree:
        subprocess.run(["git", "clone", "-q", "--shared", "--no-checkout", ROOT, tree], check=True)
        subprocess.run(["git", "-C", tree, "checkout", "-q", "--detach", commit], check=True)
        for made in ("web/storefront/dist", "web/admin/dist", "build-pictures"):
            shutil.copytree(os.path.join(ROOT, made), os.path.join(tree, made))
        done = subprocess.run(["make", "-C", tree, "release"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            sys.exit("upgrade: it does not build:\n" + done.stdout[-3000:])
        os.makedirs(os.path.dirname(binary))
        shutil.copy(os.path.join(tree, "build-release", "souk"), binary)
    return binary


def use(plan, version):
    """What is started from now on; who runs goes on with the file that was there."""
    shutil.copy(plan.path(version), plan.path("souk.next"))
    os.replace(plan.path("souk.next"), plan.path("souk"))


def of_this_version(plan, part):
    """Whether a process runs the very file that is there now."""
    running = os.stat("/proc/%d/exe" % processes.pid_of(plan, part.name))
    return running.st_ino == os.stat(plan.path("souk")).st_ino


def services(plan):
    return [part for part in plan.parts() if part.command[0] == plan.path("souk")]


async def replace_all(run, version):
    use(run.plan, version)
    await faults.rolling(run)
    count = sum(of_this_version(run.plan, part) for part in services(run.plan))
    run.promise(count == len(services(run.plan)),
                "%d of %d processes are of %s" % (count, len(services(run.plan)), version))
    await asyncio.sleep(drill.CALM_S)


async def there_and_back(run):
    plan = run.plan
    use(plan, NEW)
    await asyncio.to_thread(stack.migrate, plan)
    use(plan, OLD)
    for part in plan.service_parts("inventory")[:1] + plan.service_parts("order")[:1]:
        await asyncio.to_thread(processes.stop, plan, [part.name])
        processes.start(plan, part)
        await faults.well_again(run, part.name)
    await asyncio.sleep(faults.NOTICED_S)
    await replace_all(run, NEW)
    await replace_all(run, OLD)
    await asyncio.to_thread(stack.migrate, plan)


class Upgrade(drill.Drill):
    def audit(self):
        for version in (OLD, NEW):
            use(self.plan, version)
            print("the audits of " + version)
            super().audit()


def run(options, folder):
    plan = stack.find(folder)
    for version, binary in ((OLD, options.old), (NEW, options.binary)):
        shutil.copy(binary, plan.path(version))
        os.chmod(plan.path(version), 0o755)
    upgrade = Upgrade(plan, options)
    try:
        drill.put_products(upgrade)
        asyncio.run(upgrade.run())
        upgrade.audit()
    finally:
        upgrade.clean_up()
        upgrade.tell_result(options.result)
    print("upgrade: %s" % ("every promise kept" if not upgrade.broken else "broken: "
                           + json.dumps(upgrade.broken)))
    return 1 if upgrade.broken else 0


def on_a_stack(options):
    above = tempfile.mkdtemp(prefix="souk-upgrade.")
    os.chmod(above, 0o755)
    folder = os.path.join(above, "stack")
    command = [os.path.join(ROOT, "deploy", "stack", "stack.py")]
    try:
        subprocess.run(command + ["start", options.old, "--folder", folder, "--port",
                                  str(options.port or free_block())], check=True)
        return run(options, folder)
    finally:
        if os.path.exists(folder):
            subprocess.run(command + ["stop", "--folder", folder], check=False)
        shutil.rmtree(above)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--from", dest="ref")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--untimed", action="store_true")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--shoppers", type=int, default=8)
    parser.add_argument("--result")
    options = parser.parse_args()
    options.name = "upgrade"
    faults.NAMES["upgrade"] = faults.Fault(there_and_back, 1, "there and back", strict=True)
    commit = version_before(options.ref)
    breaking = breaking_since(commit)
    if breaking:
        sys.exit("upgrade: there is no way back to %s:\n%s" % (commit, "\n".join(breaking)))
    options.old = build(commit)
    print("upgrade from %s; seed %d; load of the machine %.1f" % (
        git("log", "-1", "--format=%h %s", commit), options.seed, os.getloadavg()[0]), flush=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, drill.interrupted)
    sys.exit(on_a_stack(options))


if __name__ == "__main__":
    main()
