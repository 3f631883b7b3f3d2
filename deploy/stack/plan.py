"""What the stack consists of: its parts, their ports and folders, and how each is started."""
import functools
import json
import os
import pwd
import re
import secrets
import socket
import subprocess
import sys

SERVICES = ["notification", "inventory", "payment", "order", "user", "product"]
NODES = ["pg1", "pg2", "pg3", "pg4"]
ETCDS = ["etcd1", "etcd2", "etcd3"]  # a lease needs two of them
REDISES = ["redis1", "redis2", "redis3", "redis4", "redis5", "redis6"]
MEMCACHEDS = ["memcached1", "memcached2"]
COPIES = 2
HERE = os.path.dirname(os.path.abspath(__file__))
SEARCHED = os.environ["PATH"] + ":/usr/sbin:/sbin"
# Beside the gateway's port, which is the first.
POOLER, ETCD, ETCD_PEER, MEMCACHED, POSTGRES, PATRONI, FIRST_SERVICE = 1, 2, 5, 8, 10, 20, 30
REDIS, REDIS_BUS, PORTS = 50, 60, 66
LOCALHOST = "127.0.0.1"


class Part:
    """One process: what it is called, where it answers, as whom and with what it runs."""

    def __init__(self, name, port, user, command, environment=None, host=LOCALHOST):
        self.name, self.port, self.user, self.command = name, port, user, command
        self.environment, self.host = environment or {}, host

    def url(self, path):
        return "http://%s:%d%s" % (self.host, self.port, path)


def postgres_bin():
    folder = "/usr/lib/postgresql"
    versions = sorted(os.listdir(folder), key=float) if os.path.isdir(folder) else []
    if not versions:
        sys.exit("stack: no PostgreSQL in " + folder)
    return os.path.join(folder, versions[-1], "bin")


@functools.lru_cache(maxsize=None)
def pooler_keeps_statements():
    """Whether the pgbouncer of PATH keeps prepared statements for its clients, as 1.21 and later
    do; Debian 12 has 1.18."""
    said = run(["pgbouncer", "--version"], {"PATH": SEARCHED})
    version = re.search(r"PgBouncer (\d+)\.(\d+)", said)
    return version is not None and tuple(map(int, version.groups())) >= (1, 21)


class Plan:
    """Everything about one stack that follows from its folder and its first port."""

    def __init__(self, folder, port):
        self.folder, self.port = os.path.abspath(folder), port
        self.secrets, self.settings = {}, {}  # settings: more of the services' environment
        self.firewall = None  # of the gateway: "report" or "block"

    # Folders and secrets.

    def path(self, *words):
        return os.path.join(self.folder, *words)

    def read(self):
        with open(self.path("secrets.json"), encoding="ascii") as file:
            self.secrets = json.load(file)

    def invent_secrets(self):
        names = ["superuser", "replication", "rewind", "owner", "pooler", "peers",
                 "redis"] + SERVICES
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

    def addresses(self, first, names):
        return [self.address(first + number) for number in range(len(names))]

    def postgres_port(self, node):
        return self.port + POSTGRES + NODES.index(node)

    def patroni_port(self, node):
        return self.port + PATRONI + NODES.index(node)

    def service_port(self, service, copy):
        return self.port + FIRST_SERVICE + SERVICES.index(service) * COPIES + copy

    @staticmethod
    def service_host(service, copy):
        """An address each, as if each had a machine: one can be cut off (tests/cluster/network.py).
        The whole of 127.0.0.0/8 is this machine."""
        return "127.0.%d.%d" % (1 + copy, 10 + SERVICES.index(service))

    def service_url(self, service, copy):
        return "http://%s:%d" % (self.service_host(service, copy), self.service_port(service, copy))

    def url(self, role, password, port):
        return "postgresql://%s:%s@127.0.0.1:%d/souk" % (role, self.secrets[password], port)

    def database_url(self, service):
        return self.url("souk_%s" % service, service, self.port + POOLER)

    def replica_urls(self, service):
        """Past the pooler; of all nodes, as any may be the primary, where nobody reads then."""
        return ",".join(self.url("souk_%s" % service, service, self.postgres_port(node))
                        for node in NODES)

    # What is started.

    def database_parts(self):
        return [Part(node, self.postgres_port(node), "postgres",
                     ["patroni", self.path(node + ".json")]) for node in NODES]

    def etcd_part(self, number):
        name = ETCDS[number]
        client = "http://" + self.address(ETCD + number)
        peers = ["http://" + address for address in self.addresses(ETCD_PEER, ETCDS)]
        return Part(name, self.port + ETCD + number, "postgres", [
            "etcd", "--name", name, "--data-dir", self.path("etcd", name), "--logger", "zap",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peers[number], "--initial-advertise-peer-urls", peers[number],
            "--initial-cluster", ",".join(map("=".join, zip(ETCDS, peers)))])

    def etcd_parts(self):
        return [self.etcd_part(number) for number in range(len(ETCDS))]

    def redis_parts(self):
        return [Part(name, self.port + REDIS + number, "redis",
                     ["redis-server", self.path(name + ".conf")])
                for number, name in enumerate(REDISES)]

    def memcached_parts(self):
        return [Part(name, self.port + MEMCACHED + number, "memcache", [
            "memcached", "-l", LOCALHOST, "-p", str(self.port + MEMCACHED + number), "-U", "0",
            "-m", "64", "-t", "2"]) for number, name in enumerate(MEMCACHEDS)]

    def cache_parts(self):
        return self.redis_parts() + self.memcached_parts()

    def pooler_part(self):
        return Part("pgbouncer", self.port + POOLER, "postgres",
                    ["pgbouncer", "-q", self.path("pgbouncer.ini")])

    def service_parts(self, service):
        return [Part("%s-%d" % (service, copy + 1), self.service_port(service, copy), "www-data",
                     [self.path("souk"), "serve", service], self.service_environment(service, copy),
                     self.service_host(service, copy)) for copy in range(COPIES)]

    def gateway_part(self):
        return Part("gateway", self.port, "www-data",
                    ["nginx", "-e", "stderr", "-g", "daemon off;", "-c", self.path("nginx.conf")])

    def parts(self):
        """In the order in which they are started."""
        services = [part for service in SERVICES for part in self.service_parts(service)]
        return (self.etcd_parts() + self.database_parts() + [self.pooler_part()] +
                self.cache_parts() + services + [self.gateway_part()])

    def service_environment(self, service, copy):
        peers = ["%s=%s" % (name, self.service_url(name, number))
                 for name in SERVICES for number in range(COPIES)]
        return {
            "SOUK_SERVICES": service,
            "SOUK_LISTEN": self.service_url(service, copy).partition("//")[2],
            "SOUK_DATA_DIR": self.path("shop", "%s-%d" % (service, copy + 1)),
            "SOUK_MEDIA_DIR": self.path("shop", "media"),
            "SOUK_DATABASE_URL": self.database_url(service),
            "SOUK_DATABASE_PREPARED": "1" if pooler_keeps_statements() else "2",
            "SOUK_REPLICA_URLS": self.replica_urls(service),
            "SOUK_REPLICA_CONNECTIONS": "4",
            "SOUK_REDIS_URL": ",".join("redis://:%s@%s" % (self.secrets["redis"], address)
                                       for address in self.addresses(REDIS, REDISES)),
            "SOUK_MEMCACHED": ",".join(self.addresses(MEMCACHED, MEMCACHEDS)),
            "SOUK_PEERS": ",".join(peers),
            "SOUK_PEER_KEY": self.secrets["peers"],
            "SOUK_PUBLIC_URL": "http://" + self.address(0),
            # A gateway that has connections to it open hears with the next reply on each that it
            # goes; an order that travels just when one is closed could not be sent again.
            "SOUK_DRAIN_DELAY_MS": "1000",
            "SOUK_TRUSTED_PROXIES": "127.0.0.1",
            # All shoppers of a drill are one address, and two cores are soon busy.
            "SOUK_WRITES_A_MINUTE": "1000000",
            "SOUK_GUARDED_A_MINUTE": "1000000",
            "SOUK_QUEUE_TARGET_MS": "3000",
            **self.settings,
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
