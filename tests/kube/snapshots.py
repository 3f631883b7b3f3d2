#!/usr/bin/python3
"""Runs storage/snapshots.sh as its CronJob does, with a kubectl that knows VolumeSnapshots alone.

    tests/kube/snapshots.py

That kubectl lets through what the job's Role allows, and takes only classes that there are. With a
storage that takes snapshots the new ones are there, those of more than a week ago are gone and the
younger ones are not. With one that refuses, the job fails, says why, and nothing is deleted.
"""
import datetime
import json
import os
import subprocess
import sys
import tempfile

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.join(HERE, "..", "..", "deploy", "kubernetes")
DAYS = {"media-old": 8, "data-postgresql-0-old": 30, "media-young": 6}
# What kubectl asks the API server for.
VERBS = {"apply": ("get", "create", "patch"), "wait": ("get", "list", "watch"),
         "delete": ("get", "list", "watch", "delete")}
REFUSED = "the storage has no room"


def manifests(path):
    with open(os.path.join(TREE, path), encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def named(things, kind, name):
    return next(thing for thing in things
                if thing["kind"] == kind and thing["metadata"]["name"] == name)


# The kubectl.

def allowed():
    role = named(manifests("security/rbac.yaml"), "Role", "volume-snapshots")
    return {verb for row in role["rules"] if "volumesnapshots" in row["resources"]
            for verb in row["verbs"]}


def answer(cluster, command, words):
    """(what it says, whether it fails)."""
    last = words[-1].rpartition("/")[2]
    if command == "apply":
        wish = yaml.safe_load(sys.stdin)
        named(manifests("storage/backup-jobs.yaml"), "VolumeSnapshotClass",
              wish["spec"]["volumeSnapshotClassName"])
        cluster["snapshots"][wish["metadata"]["name"]] = moment(0)
        return "", False
    if command == "wait":
        assert "--for=jsonpath={.status.readyToUse}=true" in words and last in cluster["snapshots"]
        return "", not cluster["works"]
    if command == "delete":
        del cluster["snapshots"][last]
        return "", False
    assert command == "get", command
    if "-l" not in words:
        return REFUSED, False
    return "".join("%s %s\n" % (at, name) for name, at in cluster["snapshots"].items()), False


def kubectl(path, namespace, command, *words):
    with open(path, encoding="utf-8") as file:
        cluster = json.load(file)
    verbs = VERBS.get(command, ("list",) if "-l" in words else ("get",))
    if namespace != "ecommerce" or not set(verbs) <= allowed():
        sys.exit("forbidden: %s" % (set(verbs) - allowed()))
    said, failed = answer(cluster, command, words)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(cluster, file)
    print(said, end="")
    sys.exit(1 if failed else 0)


# The test.

def moment(days):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def run(works):
    """(whether the job ended well, what it said, which snapshots are there afterwards)."""
    job = named(manifests("storage/backup-jobs.yaml"), "CronJob", "volume-snapshots")
    container = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cluster.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"works": works, "snapshots": {name: moment(days)
                                                     for name, days in DAYS.items()}}, file)
        program = os.path.join(folder, "kubectl")
        with open(program, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nshift\nexec "%s" "%s" "%s" "$@"\n'
                       % (sys.executable, os.path.abspath(__file__), path))
        os.chmod(program, 0o755)
        done = subprocess.run(
            ["sh", os.path.join(TREE, "storage/snapshots.sh"), *container["args"]],
            env=dict(os.environ, PATH=folder + ":" + os.environ["PATH"], NAMESPACE="ecommerce"),
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        with open(path, encoding="utf-8") as file:
            return done.returncode == 0, done.stdout, sorted(json.load(file)["snapshots"])


def main():
    failed = 0
    for works in (True, False):
        well, said, there = run(works)
        new = [name for name in there if name not in DAYS]
        kept = [name for name in there if name in DAYS]
        right = (well == works and len(new) == 2 and (works or REFUSED in said) and
                 kept == (["media-young"] if works else sorted(DAYS)))
        if not right:
            print("FAIL snapshots.py: with a storage that %s the job %s, %s are there:\n%s" % (
                "works" if works else "refuses", "succeeds" if well else "fails", there, said))
        failed += not right
    print("%d passed, %d failed" % (2 - failed, failed))
    sys.exit(1 if failed else 0)


if len(sys.argv) > 1:
    kubectl(*sys.argv[1:])
else:
    main()
