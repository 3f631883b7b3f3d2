#!/usr/bin/python3
"""Shows that check.py refuses what it is there to refuse: check_test.py IMAGE

Makes an image of the sound one of the program with every fault in it, and holds what is said
against what must be.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import check

# What is put into it: path, mode, owner, what it holds.
FILES = [
    ("/usr/bin/sh", "755", 0, "#!/bin/none\n"),
    ("/usr/bin/su", "4755", 0, "x"),
    ("/usr/share/open", "666", 0, "x"),
    ("/etc/shadow", "600", check.USER, "x"),
    ("/etc/nsswitch.conf", "644", 0, "hosts: dns\n"),
    ("/etc/key.pem", "644", 0, "-----BEGIN " + "PRIVATE KEY-----\n"),
    ("/usr/local/share/ca-certificates/mine.crt", "644", 0, "x"),
    ("/usr/lib/x86_64-linux-gnu/libz.so.1", "755", 0, "x"),
    ("/usr/share/large", "644", 0, "x" * 30_000_000),
]
SETTINGS = [
    "USER 0",
    "LABEL org.opencontainers.image.revision=unknown org.opencontainers.image.version=0",
]
SAYS = [
    "it runs as 0",
    "it has no label revision",
    "its label of the version is not its tag",
    "MB, more than 40",
    "/usr/bin/su lends its owner's rights",
    "/usr/share/open may be written by anybody",
    "/etc/shadow belongs to the program that runs",
    "/usr/bin/sh can be run",
    "/usr/local/share/ca-certificates/mine.crt is trusted on the machine that built it alone",
    "/etc/key.pem is a private key",
    "the list of contents is not CycloneDX's",
    "the list of contents does not name /usr/share/large",
    "the list of contents has another /etc/nsswitch.conf",
    "the list of contents names /usr/bin/gone, which is not there",
    "/usr/bin/souk help says",
]


def broken_bom(sound, folder):
    """The sound one's, with a file that is not there, and a row that is of no type."""
    bom = check.Image(sound, folder).bom()
    hashes = [{"alg": "SHA-256", "content": "0" * 64}]
    row = {"type": "thing", "name": "/usr/bin/gone", "hashes": hashes}
    bom["components"][0]["components"].append({**row, "type": "file"})
    bom["components"].append(row)
    return json.dumps(bom)


def build_broken(sound, broken, folder):
    lines = [f"FROM {sound}"]
    bom = ("/usr/share/sbom/souk.cdx.json", "644", 0, broken_bom(sound, folder))
    for i, (path, mode, owner, content) in enumerate([*FILES, bom]):
        Path(folder, str(i)).write_text(content)
        lines.append(f"COPY --chmod={mode} --chown={owner}:{owner} {i} {path}")
    Path(folder, "Containerfile").write_text("\n".join(lines + SETTINGS) + "\n")
    check.podman("build", "--layers=false", "--tag", broken, folder)


def main():
    os.environ.setdefault("CONTAINERS_CONF", str(check.HERE / "containers.conf"))
    sound = sys.argv[1]
    broken = f"localhost/broken/souk:{sound.rpartition(':')[2]}"
    with tempfile.TemporaryDirectory(prefix="souk-image.") as folder:
        build_broken(sound, broken, folder)
    try:
        said, _ = check.faults_of(broken)
    finally:
        check.podman("image", "rm", broken)
    missing = [words for words in SAYS if not any(words in sentence for sentence in said)]
    for words in missing:
        print(f"check.py does not say: {words}")
    print(f"{len(SAYS) - len(missing)} passed, {len(missing)} failed")
    return bool(missing)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
