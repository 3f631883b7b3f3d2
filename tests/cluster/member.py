"""One member of PostgreSQL with the repository of its backups: Patroni with the settings of
deploy/kubernetes/database, pgBackRest, and an etcd in place of the Kubernetes API."""
import base64
import json
import os
import pwd
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import plan as plans
import yaml
from manifests import ROOT, TREE, merged, shipped
from shop import fail, free_ports

PATIENCE_S = 180
# What Patroni keeps in an annotated Endpoints of Kubernetes stands under these keys of etcd.
KEPT = {
    "postgresql": ("leader", "status", "failsafe"),
    "postgresql-sync": ("sync",),
    "postgresql-config": ("config", "initialize", "history"),
}


def wait_for(true, what):
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            fail(what)
        time.sleep(0.1)


class Database:
    """In a folder of its own, as whom PostgreSQL may run."""

    def __init__(self, folder):
        self.folder, self.bin = folder, plans.postgres_bin()
        self.port, self.api, self.etcd_port, self.etcd_peer = free_ports(4)
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.parts = {}
        for name in ("pg", "repository", "spool", "lock", "run", "test", "test-run", "etcd"):
            os.mkdir(os.path.join(folder, name), 0o700)
            plans.Plan.give(self.user, os.path.join(folder, name))
        self.environment = {
            "PATH": self.bin + ":" + os.environ["PATH"],
            "PGBACKREST_CONFIG": self.path("pgbackrest.conf"),
            "PGBACKREST_REPO1_PATH": self.path("repository"),
            "PGBACKREST_REPO1_CIPHER_TYPE": "aes-256-cbc",
            "PGBACKREST_REPO1_CIPHER_PASS": "of this test",
            "PGBACKREST_LOCK_PATH": self.path("lock"),
            "PGBACKREST_SPOOL_PATH": self.path("spool"),
            "PGBACKREST_PG1_PORT": str(self.port),
            "PGHOST": self.path("run"),
            "PGPORT": str(self.port),
            "DATABASE_FOLDER": self.path("pg"),
            "DATABASE_SOCKETS": self.path("run"),
        }
        self.write("pgbackrest.conf", self.here(re.sub(  # the jobs run on this machine
            r"(?m)^tls-server.*\n", "", shipped("database/pgbackrest.conf"))))
        self.write("restore.conf", self.here(shipped("disaster-recovery/pgbackrest.conf")))
        self.write("patroni.json", json.dumps(self.patroni()))

    def path(self, *words):
        return os.path.join(self.folder, *words)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def here(self, text):
        for there, name in (("/data/postgresql", "pg"), ("/var/run/postgresql", "run"),
                            ("/var/spool/pgbackrest", "spool")):
            text = text.replace(there, self.path(name))
        return text

    def patroni(self):
        """What the Pods have, but for one member that waits for no other, and little memory."""
        known = {}
        for name in ("10-cluster", "30-archive"):
            known = merged(known, yaml.safe_load(self.here(shipped(
                "database/patroni/%s.yml" % name))))
        for name in ("kubernetes", "scope"):
            del known[name]
        del known["bootstrap"]["post_bootstrap"]
        address, api = "127.0.0.1:%d" % self.port, "127.0.0.1:%d" % self.api
        user = {"username": "postgres", "password": "trusted"}
        return merged(known, {
            "scope": "postgresql", "name": "postgresql-0",
            "etcd3": {"hosts": ["127.0.0.1:%d" % self.etcd_port]},
            "restapi": {"listen": api, "connect_address": api},
            "bootstrap": {"dcs": {"loop_wait": 1, "postgresql": {"parameters": {
                "shared_buffers": "64MB", "fsync": "off"}}}},
            "postgresql": {
                "listen": address, "connect_address": address, "bin_dir": self.bin,
                "pgpass": self.path("run", "pgpass"),
                "pg_hba": ["local all all trust", "host all all 127.0.0.1/32 trust"],
                "authentication": {"superuser": user, "replication": user},
            },
        })

    def run(self, *command, fine=(0,), **more):
        # Into a file: a server that a command starts has what it writes to open for ever.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
            done = subprocess.run(command, env=dict(self.environment, **more), cwd="/",
                                  stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
                                  timeout=600, check=False, **plans.as_user(self.user))
            said.seek(0)
            if done.returncode not in fine:
                fail("%s: %s" % (" ".join(command[:4]), said.read()[-2000:]))
            return said.read()

    def script(self, path, *words, **more):
        return self.run("sh", os.path.join(TREE, path), *words, **more)

    def sql(self, statement, database="souk"):
        return self.run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database,
                        "-c", statement).strip()

    def make(self):
        self.start()
        self.sql("CREATE DATABASE souk TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
                 " LC_CTYPE 'C.UTF-8'", "postgres")

    # Patroni and etcd.

    def begin(self, name, *command):
        with open(self.path(name + ".log"), "ab") as log:
            self.parts[name] = subprocess.Popen(
                command, env=self.environment, cwd="/", stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, **plans.as_user(self.user))

    def said_by(self, name):
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    def start(self):
        """Until Patroni has promoted its PostgreSQL."""
        if "etcd" not in self.parts:
            client, peer = ("http://127.0.0.1:%d" % port
                            for port in (self.etcd_port, self.etcd_peer))
            self.begin("etcd", "etcd", "--name", "one", "--data-dir", self.path("etcd"),
                       "--logger", "zap", "--unsafe-no-fsync", "--listen-client-urls", client,
                       "--advertise-client-urls", client, "--listen-peer-urls", peer,
                       "--initial-advertise-peer-urls", peer, "--initial-cluster", "one=" + peer)
            wait_for(lambda: self.get(self.etcd_port, "/health"), "etcd does not begin")
        self.begin("patroni", "patroni", self.path("patroni.json"))
        wait_for(self.is_primary, "Patroni has no primary")

    def is_primary(self):
        if self.parts["patroni"].poll() is not None:
            fail("Patroni ended:\n" + self.said_by("patroni"))
        # Patroni says so when it asks for the promotion.
        return self.get(self.api, "/primary") and self.run(
            "psql", "-XAtqU", "postgres", "-c", "SELECT pg_is_in_recovery()", fine=(0, 1, 2)
        ).strip() == "f"

    @staticmethod
    def get(port, path, document=None):
        """Whether the answer is 200."""
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path), document, 5):
                return True
        except (urllib.error.HTTPError, OSError):
            return False

    def forget(self, endpoints):
        """As `kubectl delete endpoints`."""
        for key in KEPT[endpoints]:
            name = base64.b64encode(("/service/postgresql/" + key).encode()).decode()
            if not self.get(self.etcd_port, "/v3/kv/deleterange",
                            json.dumps({"key": name}).encode()):
                fail("etcd does not delete " + key)

    def stop(self):
        """In order, as a Pod is ended."""
        part = self.parts.pop("patroni")
        part.send_signal(signal.SIGTERM)
        if part.wait(PATIENCE_S) != 0:
            fail("Patroni ended with %d" % part.returncode)

    def end(self):
        for part in self.parts.values():
            part.kill()
            part.wait()
        for name in ("pg", "test"):
            if os.path.exists(self.path(name, "postmaster.pid")):
                self.run("pg_ctl", "-D", self.path(name), "-w", "-s", "-m", "immediate", "stop",
                         fine=(0, 1))
