"""Reads what deploy/kubernetes ships, for what is run here with other paths."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "..", ".."))
TREE = os.path.join(ROOT, "deploy", "kubernetes")


def shipped(path):
    with open(os.path.join(TREE, path), encoding="utf-8") as file:
        return file.read()


def merged(known, more):
    """As Patroni puts one file over another."""
    if not isinstance(known, dict) or not isinstance(more, dict):
        return more
    return {**known, **{name: merged(known.get(name), value) for name, value in more.items()}}
