"""What the stack consists of: its parts, their ports and folders, and how each is started."""
import json
import os
import pwd
import secrets
import socket
import subprocess
import sys

SERVICES = ["notification", "inventory", "payment", "order", "user", "product"]
# Their commits wait for a standby. So does, in effect, everything that happened before one of
# these: the write-ahead log is one, and a standby has a beginning of it without gaps.
SYNCHRONOUS = ["order", "payment"]
NODES = ["pg1", "pg2", "pg3", "pg4"]
COPIES = 2
HERE = os.path.dirname(os.path.abspath(__file__))
# Beside the gateway's port, which is the first.
POOLER, ETCD, ETCD_PEER, POSTGRES, PATRONI, FIRST_SERVICE = 1, 2, 3, 10, 20, 30


class Part:
    """One process: what it is called, where it answers, as whom and with what it runs."""

    def __init__(self, name, port, user, command, environment=None):
        self.name, self.port, self.user, self.command = name, port, user, command
        self.environment = environment or {}


def postgres_bin():
    folder = "/usr/lib/postgresql"
    versions = sorted(os.listdir(folder), key=float) if os.path.isdir(folder) else []
    if not versions:
        sys.exit("stack: no PostgreSQL in " + folder)
    return os.path.join(folder, versions[-1], "bin")


class Plan:
    """Everything about one stack that follows from its folder and its first port."""

    def __init__(self, folder, port):
        self.folder, self.port = os.path.abspath(folder), port
        self.secrets = {}

    # Folders and secrets.

    def path(self, *words):
        return os.path.join(self.folder, *words)

    def read(self):
        with open(self.path("secrets.json"), encoding="ascii") as file:
            self.secrets = json.load(file)

    def invent_secrets(self):
        names = ["superuser", "replication", "rewind", "owner", "pooler", "peers"] + SERVICES
        self.secrets = {name: secrets.token_hex(16) for name in names}
        self.write_for("root", "secrets.json", json.dumps(self.secrets))

    def write_for(self, user, name, text, mode=0o600):
        """A file that `user` alone may read; as somebody else than root all are one user."""
        path = self.path(name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w",
                  encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        self.give(user, path)

    def folder_for(self, user, name):
        path = self.path(name)
        os.makedirs(path, mode=0o700, exist_ok=True)
        self.give(user, path)

    @staticmethod
    def give(user, path):
        if os.getuid() == 0:
            owner = pwd.getpwnam(user)
            os.chown(path, owner.pw_uid, owner.pw_gid)

    # Addresses.

    def address(self, offset):
        return "127.0.0.1:%d" % (self.port + offset)

    def postgres_port(self, node):
        return self.port + POSTGRES + NODES.index(node)

    def patroni_port(self, node):
        return self.port + PATRONI + NODES.index(node)

    def service_port(self, service, copy):
        return self.port + FIRST_SERVICE + SERVICES.index(service) * COPIES + copy

    def ports(self):
        offsets = [0, POOLER, ETCD, ETCD_PEER]
        offsets += [first + number for first in (POSTGRES, PATRONI) for number in range(len(NODES))]
        offsets += [FIRST_SERVICE + number for number in range(len(SERVICES) * COPIES)]
        return [self.port + offset for offset in offsets]

    def url(self, role, password, port):
        return "postgresql://%s:%s@127.0.0.1:%d/souk" % (role, self.secrets[password], port)

    def service_url(self, service):
        return self.url("souk_%s" % service, service, self.port + POOLER)

    # What is started.

    def database_parts(self):
        etcd = Part("etcd", self.port + ETCD, "postgres", [
            "etcd", "--name", "etcd", "--data-dir", self.path("etcd"), "--logger", "zap",
            "--listen-client-urls", "http://" + self.address(ETCD),
            "--advertise-client-urls", "http://" + self.address(ETCD),
            "--listen-peer-urls", "http://" + self.address(ETCD_PEER),
            "--initial-advertise-peer-urls", "http://" + self.address(ETCD_PEER),
            "--initial-cluster", "etcd=http://" + self.address(ETCD_PEER)])
        return [etcd] + [Part(node, self.postgres_port(node), "postgres",
                              ["patroni", self.path(node + ".json")]) for node in NODES]

    def pooler_part(self):
        return Part("pgbouncer", self.port + POOLER, "postgres",
                    ["pgbouncer", "-q", self.path("pgbouncer.ini")])

    def service_parts(self, service):
        return [Part("%s-%d" % (service, copy + 1), self.service_port(service, copy), "www-data",
                     [self.path("souk"), "serve", service], self.service_environment(service, copy))
                for copy in range(COPIES)]

    def gateway_part(self):
        return Part("gateway", self.port, "www-data",
                    ["nginx", "-e", "stderr", "-g", "daemon off;", "-c", self.path("nginx.conf")])

    def parts(self):
        """In the order in which they are started."""
        services = [part for service in SERVICES for part in self.service_parts(service)]
        return self.database_parts() + [self.pooler_part()] + services + [self.gateway_part()]

    def service_environment(self, service, copy):
        peers = ["%s=http://127.0.0.1:%d" % (name, self.service_port(name, number))
                 for name in SERVICES for number in range(COPIES)]
        return {
            "SOUK_SERVICES": service,
            "SOUK_LISTEN": "127.0.0.1:%d" % self.service_port(service, copy),
            "SOUK_DATA_DIR": self.path("shop", "%s-%d" % (service, copy + 1)),
            "SOUK_MEDIA_DIR": self.path("shop", "media"),
            "SOUK_DATABASE_URL": self.service_url(service),
            "SOUK_DATABASE_PREPARED": "0",  # Debian's pgbouncer keeps none between transactions
            "SOUK_PEERS": ",".join(peers),
            "SOUK_PEER_KEY": self.secrets["peers"],
            "SOUK_PUBLIC_URL": "http://" + self.address(0),
            "SOUK_TRUSTED_PROXIES": "127.0.0.1",
            # All shoppers of a drill are one address, and two cores are soon busy.
            "SOUK_WRITES_A_MINUTE": "1000000",
            "SOUK_GUARDED_A_MINUTE": "1000000",
            "SOUK_QUEUE_TARGET_MS": "10000",
        }


def free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def as_user(user):
    """Arguments of subprocess for another user; nothing where this is not root."""
    if os.getuid() != 0:
        return {}
    owner = pwd.getpwnam(user)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def run(command, environment=None, user=None, timeout=120):
    """What a command says; its failure ends the program."""
    done = subprocess.run(command, env=dict(os.environ, **(environment or {})), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=timeout, cwd="/",
                          **(as_user(user) if user else {}))
    if done.returncode != 0:
        sys.exit("stack: %s failed:\n%s" % (" ".join(command[:3]), done.stdout[-3000:]))
    return done.stdout
