#!/usr/bin/python3
"""Holds images against what is promised of them: check.py IMAGE...

Small; nobody is root in it, or can become it; the program cannot change itself; no shell where none
is needed; each file is named in the list of contents; it runs read-only without any right. Prints a
line an image, and a line a fault; exits with 1 when there is one.
"""

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
USER = 65532
LABELS = ("title", "description", "licenses", "version", "revision")
DATABASE_FOLDERS = {
    "/data",
    "/run/postgresql",
    "/var/lib/pgbackrest",
    "/var/log/pgbackrest",
    "/var/spool/pgbackrest",
}
FIREWALL = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so"
# What each holds: the size that it stays under, the programs that a from-scratch one has, the
# folders that its user may write, and commands with what they print.
IMAGES = {
    "souk": {
        "megabytes": 40,
        "programs": {"/usr/bin/souk"},
        "writable": {"/data"},
        "runs": [(["/usr/bin/souk", "help"], "an online shop in one program")],
    },
    "souk-frontend": {
        "megabytes": 40,
        "programs": {"/usr/sbin/nginx"},
        "writable": {"/data"},
        "runs": [
            (["/usr/sbin/nginx", "-v"], r"nginx/1\."),
            # Every library of the firewall's is there: NGINX gets as far as to miss the rest.
            (
                ["/usr/sbin/nginx", "-t", "-e", "stderr", "-c", "/dev/null"]
                + ["-g", f"load_module {FIREWALL};"],
                'no "events" section',
            ),
        ],
    },
    "souk-database": {
        "megabytes": 400,
        "programs": None,
        "writable": DATABASE_FOLDERS,
        "runs": [
            (["postgres", "--version"], r"PostgreSQL\) 15\."),
            (["patroni", "--version"], "patroni 2|patroni 3"),
            (["pgbouncer", "--version"], r"PgBouncer 1\."),
            (["pgbackrest", "version"], r"pgBackRest 2\."),
        ],
    },
}
# How a container of ours runs: as the manifests have it.
LOCKED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--network=none"]
LOCKED += ["--security-opt=no-new-privileges", "--pull=never"]


def podman(*words, check=True):
    done = subprocess.run(["podman", *words], capture_output=True, text=True)
    if check and done.returncode != 0:
        sys.exit(f"check: podman {words[0]}: {done.stderr.strip()}")
    return done.stdout if check else done.stdout + done.stderr


class Image:
    def __init__(self, name, folder):
        self.name = name
        self.kind = re.sub(r".*/|:.*", "", name)
        self.tag = name.rpartition(":")[2]
        self.promised = IMAGES[self.kind]
        self.inspected = json.loads(podman("image", "inspect", name))[0]
        self.archive = tarfile.open(self.exported(folder))
        self.members = {"/" + member.name.rstrip("/"): member for member in self.archive}
        self.bom_path = f"/usr/share/sbom/{self.kind}.cdx.json"

    def exported(self, folder):
        file = os.path.join(folder, "files.tar")
        container = podman("create", "--pull=never", self.name, "none").strip()
        podman("export", "--output", file, container)
        podman("rm", container)
        return file

    def files(self):
        """(path, member) of regular files, but for what podman itself lays into a container."""
        for path, member in self.members.items():
            if member.isfile() and path not in ("/etc/hosts", "/etc/resolv.conf"):
                if path.startswith("/run/.") or path.startswith(("/dev/", "/proc/", "/sys/")):
                    continue
                yield path, member

    def content(self, path):
        return self.archive.extractfile(self.members[path]).read()

    def bom(self):
        return json.loads(self.content(self.bom_path))


def settings(image):
    config = image.inspected["Config"]
    if config.get("User") != f"{USER}:{USER}":
        yield f"it runs as {config.get('User') or 'root'}"
    labels = config.get("Labels") or {}
    for label in LABELS:
        if labels.get("org.opencontainers.image." + label, "") in ("", "unknown"):
            yield f"it has no label {label}"
    if labels.get("org.opencontainers.image.version") != image.tag:
        yield "its label of the version is not its tag"


def size(image):
    megabytes = image.inspected["Size"] / 1e6
    if megabytes > image.promised["megabytes"]:
        yield f"it has {megabytes:.0f} MB, more than {image.promised['megabytes']}"


def rights(image):
    for path, member in image.members.items():
        if not member.isfile() and not member.isdir():
            continue
        if member.isfile() and member.mode & (stat.S_ISUID | stat.S_ISGID):
            yield f"{path} lends its owner's rights"
        if member.mode & stat.S_IWOTH and not (member.isdir() and member.mode & stat.S_ISVTX):
            yield f"{path} may be written by anybody"
        if USER in (member.uid, member.gid) and path not in image.promised["writable"]:
            yield f"{path} belongs to the program that runs"


def programs(image):
    if image.promised["programs"] is None:
        return
    for path, member in image.files():
        if member.mode & 0o111 and not re.search(r"/lib/.*\.so(\.|$)", path):
            if path not in image.promised["programs"]:
                yield f"{path} can be run"


def secrets(image):
    for path in image.members:
        if path.startswith("/usr/local/share/ca-certificates/"):
            yield f"{path} is trusted on the machine that built it alone"
    for path, member in image.files():
        if member.size < 100_000 and path.startswith(("/etc/", "/root/", "/home/", "/data/")):
            if re.search(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----", image.content(path)):
                yield f"{path} is a private key"


def listed_files(rows):
    for row in rows:
        if row["type"] == "file":
            yield row["name"], row["hashes"][0]["content"]
        yield from listed_files(row.get("components", []))


def contents_of_scratch(image, bom):
    listed = {}
    for path, digest in listed_files(bom["components"]):
        if path in listed:
            yield f"the list of contents has {path} twice"
        listed[path] = digest
    for path, _ in image.files():
        if path == image.bom_path:
            continue
        if path not in listed:
            yield f"the list of contents does not name {path}"
        elif hashlib.sha256(image.content(path)).hexdigest() != listed.pop(path):
            yield f"the list of contents has another {path}"
    for path in listed:
        if path not in image.members:
            yield f"the list of contents names {path}, which is not there"


def contents_of_debian(image, bom):
    status = image.content("/var/lib/dpkg/status").decode()
    installed = {
        tuple(re.search(rf"^{field}: (.*)", row, re.M)[1] for field in ("Package", "Version"))
        for row in status.split("\n\n")
        if re.search("^Status: install ok installed", row, re.M)
    }
    listed = {(row["name"], row["version"]) for row in bom["components"]}
    for name, version in sorted(installed ^ listed):
        yield f"{name} {version} is in one of the list of contents and the list of packages"


def contents(image):
    if image.bom_path not in image.members:
        yield "it has no list of contents"
        return
    done = subprocess.run(
        ["node", HERE.parent / "checks/bom.mjs"],
        input=image.content(image.bom_path),
        capture_output=True,
    )
    if done.returncode != 0:
        sys.exit("check: bom.mjs: " + done.stderr.decode()[-1000:])
    for line in done.stdout.decode().splitlines():
        yield "the list of contents is not CycloneDX's: " + line
    bom = image.bom()
    if image.promised["programs"] is None:
        yield from contents_of_debian(image, bom)
    else:
        yield from contents_of_scratch(image, bom)


def running(image):
    for (program, *words), expected in image.promised["runs"]:
        locked = [*LOCKED, "--entrypoint", program, image.name]
        said = podman("run", "--rm", *locked, *words, check=False)
        if not re.search(expected, said):
            yield f"{program} {' '.join(words)} says {said.strip()[:200]!r}"


RULES = (settings, size, rights, programs, secrets, contents, running)


def faults_of(name):
    """Sentences, and what there is to say of the image when there is none."""
    with tempfile.TemporaryDirectory(prefix="souk-image.") as folder:
        image = Image(name, folder)
        faults = [sentence for rule in RULES for sentence in rule(image)]
        listed = 0 if faults else sum(row["type"] == "library" for row in image.bom()["components"])
        files = sum(1 for _ in image.files())
        size_mb = image.inspected["Size"] / 1e6
    return faults, f"{size_mb:.1f} MB, {files} files, {listed} packages listed"


def main():
    os.environ.setdefault("CONTAINERS_CONF", str(HERE / "containers.conf"))
    failed = False
    for name in sys.argv[1:]:
        faults, words = faults_of(name)
        print(f"{name}: {words}, {len(faults)} faults")
        for sentence in faults[:40]:
            print(f"{name}: {sentence}")
        failed |= bool(faults)
    return failed


if __name__ == "__main__":
    sys.exit(main())
