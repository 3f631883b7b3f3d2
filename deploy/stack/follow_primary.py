#!/usr/bin/env python3
"""Points pgbouncer at the primary. Patroni calls it whenever the role of a node may have changed:

    follow_primary.py FOLDER NODE ACTION ROLE CLUSTER

Only the primary has something to say: it holds the lease when this runs, so there is one at a time.
The file is what counts; a pgbouncer that is away reads it when it starts. One that was told to wait
(switchover.py) goes on.
"""
import json
import os
import signal
import subprocess
import sys
import time

PATIENCE_S = 10


def pooler_pid(folder):
    try:
        with open(os.path.join(folder, "pid", "pgbouncer"), encoding="ascii") as file:
            return int(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def writes(address, password):
    """Patroni calls as soon as it has asked for the promotion."""
    host, _, port = address.partition(":")
    asked = subprocess.run(
        ["psql", "-XAtq", "-h", host, "-p", port, "-U", "postgres", "-d", "postgres", "-c",
         "SELECT pg_is_in_recovery()"], env=dict(os.environ, PGPASSWORD=password), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return asked.stdout.strip() == "f"


def main():
    folder, node, _, role = sys.argv[1:5]
    if role not in ("master", "primary"):
        return
    with open(os.path.join(folder, node + ".json"), encoding="utf-8") as file:
        known = json.load(file)["postgresql"]
    address, end = known["connect_address"], time.monotonic() + PATIENCE_S
    while not writes(address, known["authentication"]["superuser"]["password"]):
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    path = os.path.join(folder, "pooler", "primary.ini")
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write("souk = host=%s port=%s dbname=souk\n" % tuple(address.split(":")))
    os.rename(path + ".new", path)
    pid = pooler_pid(folder)
    if pid:
        os.kill(pid, signal.SIGHUP)   # RELOAD
        os.kill(pid, signal.SIGUSR2)  # RESUME


main()
