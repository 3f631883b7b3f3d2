#!/usr/bin/python3
"""Says what is in an image, in CycloneDX's form: sbom.py KIND ROOT|/

Of an image that began at scratch: the Debian packages that its libraries and programs came from
(copying their terms beside), and the npm packages that the pages are built of. Of one that is a
Debian (ROOT is /): all of dpkg's list.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

TERMS = "usr/share/doc"


def dpkg(*words):
    return subprocess.run(["dpkg-query", *words], capture_output=True, text=True).stdout


def debian_version(name):
    return dpkg("-W", "-f", "${Version}", name)


def owner_of(path):
    """The package that a file came from; merged /usr makes two names of one file."""
    for name in (path, re.sub("^/usr/", "/", path)):
        found = re.match(r"([a-z0-9.+-]+)(:\w+)?:", dpkg("-S", name))
        if found:
            return found[1]
    return None


def packages_of(root):
    names = {"ca-certificates"}
    for file in root.rglob("*"):
        if file.is_symlink() or not re.search(r"/lib/.*\.so|/s?bin/", str(file)):
            continue
        if file.is_file():
            path = "/" + str(file.relative_to(root))
            owner = owner_of(path) or owner_of(os.path.realpath(path))
            if owner:
                names.add(owner)
            elif file.name != "souk":
                sys.exit(f"sbom: no package has {path}")
    return sorted(names)


def debian(name, version):
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:deb/debian/{name}@{version}?distro=debian-12",
    }


def npm_packages():
    """What the pages are built of, without what only builds them."""
    lock = json.loads(Path("web/package-lock.json").read_text())
    for path, package in sorted(lock["packages"].items()):
        if path.startswith("node_modules/") and not package.get("dev") and "version" in package:
            name = path.rpartition("node_modules/")[2]
            yield {
                "type": "library",
                "name": name,
                "version": package["version"],
                "purl": f"pkg:npm/{name.replace('@', '%40')}@{package['version']}",
            }


def keep_terms(root, name):
    terms = Path("/") / TERMS / name / "copyright"
    if terms.exists():
        to = root / TERMS / name
        to.mkdir(parents=True, exist_ok=True)
        (to / "copyright").write_bytes(terms.read_bytes())


def main():
    kind, root = sys.argv[1], Path(sys.argv[2])
    if root == Path("/"):
        rows = (line.split() for line in dpkg("-W", "-f", "${Package} ${Version}\n").splitlines())
        components = [debian(*row) for row in rows if len(row) == 2]
    else:
        names = packages_of(root)
        for name in names:
            keep_terms(root, name)
        components = [debian(name, debian_version(name)) for name in names] + list(npm_packages())
    json.dump(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.4",
            "version": 1,
            "metadata": {"component": {"type": "container", "name": kind}},
            "components": components,
        },
        sys.stdout,
        indent=1,
    )
    print()


main()
