#!/usr/bin/env python3
"""Points pgbouncer at the primary. Patroni calls it whenever the role of a node may have changed:

    follow_primary.py FOLDER NODE ACTION ROLE CLUSTER

Only the primary has something to say: it holds the lease when this runs, so there is one at a time.
The file is what counts; a pgbouncer that is away reads it when it starts. One that was told to wait
(switchover.py) goes on. Then the replicas get what they need to follow.
"""
import glob
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


class Server:
    def __init__(self, folder, node):
        with open(os.path.join(folder, node + ".json"), encoding="utf-8") as file:
            known = json.load(file)["postgresql"]
        self.host, _, self.port = known["connect_address"].partition(":")
        self.password = known["authentication"]["superuser"]["password"]

    def ask(self, statement):
        asked = subprocess.run(
            ["psql", "-XAtq", "-h", self.host, "-p", self.port, "-U", "postgres", "-d", "postgres",
             "-c", statement], env=dict(os.environ, PGPASSWORD=self.password), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            check=False)
        return asked.stdout.strip()

    def wait_for_writes(self):
        """Patroni calls as soon as it has asked for the promotion."""
        end = time.monotonic() + PATIENCE_S
        while self.ask("SELECT pg_is_in_recovery()") != "f" and time.monotonic() < end:
            time.sleep(0.02)

    def make_slots(self, nodes):
        """Patroni does so too, a second later, and commits wait for who has none."""
        self.ask("SELECT pg_create_physical_replication_slot(node) FROM unnest('{%s}'::name[])"
                 " AS node WHERE node NOT IN (SELECT slot_name FROM pg_replication_slots)"
                 % ",".join(nodes))


def main():
    folder, node, _, role = sys.argv[1:5]
    if role not in ("master", "primary"):
        return
    server = Server(folder, node)
    server.wait_for_writes()
    path = os.path.join(folder, "pooler", "primary.ini")
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write("souk = host=%s port=%s dbname=souk\n" % (server.host, server.port))
    os.rename(path + ".new", path)
    pid = pooler_pid(folder)
    if pid:
        os.kill(pid, signal.SIGHUP)   # RELOAD
        os.kill(pid, signal.SIGUSR2)  # RESUME
    names = [os.path.basename(path)[:-5] for path in glob.glob(os.path.join(folder, "pg*.json"))]
    server.make_slots(sorted(set(names) - {node}))


main()
