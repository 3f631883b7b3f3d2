#!/usr/bin/python3
"""Says what is in an image, in CycloneDX's form: sbom.py IMAGE VERSION ROOT

Of an image that began at scratch: every file with its sum, under the Debian package that it came
from (whose terms are copied beside) or under the program itself; and the npm packages that the
pages are built of. Of one that is a Debian (ROOT is /): all of dpkg's list.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

TERMS = "usr/share/doc"
# Put together here out of a package's files.
MADE_OF = {"/etc/ssl/certs/ca-certificates.crt": "ca-certificates"}


def dpkg(*words):
    return subprocess.run(["dpkg-query", *words], capture_output=True, text=True).stdout


def owner_of(path):
    """The package that a file came from; merged /usr makes two names of one file."""
    for name in (path, re.sub("^/usr/", "/", path)):
        found = re.match(r"([a-z0-9.+-]+)(:\w+)?:", dpkg("-S", name))
        if found:
            return found[1]
    return None


def package_of(path):
    """The package of a file of the image; None of what is the program's own."""
    owner = MADE_OF.get(path) or owner_of(path) or owner_of(os.path.realpath(path))
    if owner is None and re.search(r"/lib/.*\.so|/s?bin/", path) and path != "/usr/bin/souk":
        sys.exit(f"sbom: no package has {path}")
    return owner


def files_by_package(root):
    """{package or None: [path in the image]}"""
    found = {}
    for file in sorted(root.rglob("*")):
        if file.is_file() and not file.is_symlink():
            path = "/" + str(file.relative_to(root))
            found.setdefault(package_of(path), []).append(path)
    return found


def file_rows(root, paths):
    for path in paths:
        content = (root / path[1:]).read_bytes()
        yield {
            "type": "file",
            "name": path,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}],
        }


def debian(name, version):
    named = f"{name}@{version}".replace("+", "%2B")
    purl = f"pkg:deb/debian/{named}?distro=debian-12"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def npm_packages():
    """What the pages are built of, without what only builds them."""
    lock = json.loads(Path("web/package-lock.json").read_text())
    seen = set()  # one version may lie in several folders
    for path, package in sorted(lock["packages"].items()):
        if path.startswith("node_modules/") and not package.get("dev") and "version" in package:
            name = path.rpartition("node_modules/")[2]
            purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
            if purl in seen:
                continue
            seen.add(purl)
            row = {
                "type": "library",
                "bom-ref": purl,
                "name": name,
                "version": package["version"],
                "purl": purl,
            }
            if "license" in package:
                row["licenses"] = [{"expression": package["license"]}]
            yield row


def keep_terms(root, name):
    terms = Path("/") / TERMS / name / "copyright"
    if not terms.exists():
        sys.exit(f"sbom: {name} states no terms")
    to = root / TERMS / name
    to.mkdir(parents=True, exist_ok=True)
    (to / "copyright").write_bytes(terms.read_bytes())
    return f"/{TERMS}/{name}/copyright"


def components_of_scratch(root, version):
    files = files_by_package(root)
    own = files.pop(None)
    for name, paths in sorted(files.items()):
        row = debian(name, dpkg("-W", "-f", "${Version}", name))
        yield {**row, "components": list(file_rows(root, paths + [keep_terms(root, name)]))}
    purl = f"pkg:generic/souk@{version}"
    yield {
        "type": "application",
        "bom-ref": purl,
        "name": "souk",
        "version": version,
        "purl": purl,
        "licenses": [{"license": {"id": "MIT"}}],
        "components": list(file_rows(root, own)),
    }
    yield from npm_packages()


def components_of_debian():
    for line in dpkg("-W", "-f", "${Package} ${Version}\n").splitlines():
        yield debian(*line.split())


def main():
    image, version, root = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    from_scratch = root != Path("/")
    json.dump(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {"component": {"type": "container", "name": image, "version": version}},
            "components": list(
                components_of_scratch(root, version) if from_scratch else components_of_debian()
            ),
        },
        sys.stdout,
        indent=1,
    )
    print()


main()
