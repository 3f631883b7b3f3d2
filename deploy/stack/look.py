"""Looks at a stack: whether each part answers, who is the primary, how far the replicas are."""
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request

import plan as plans
import processes

LAG_BYTES = 1 << 20  # a replica that is further behind is not well


def get(url, timeout=2, document=None, method=None):
    """(status, text); status 0 when nobody answers. With a document: POST, or the method."""
    try:
        body = None if document is None else json.dumps(document).encode()
        asked = urllib.request.Request(url, body, method=method)
        with urllib.request.urlopen(asked, None, timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (OSError, ValueError):
        return 0, ""


def members(plan):
    """What the first Patroni that answers says of all: name, role, state, lag in bytes."""
    for node in plans.NODES:
        status, text = get("http://127.0.0.1:%d/cluster" % plan.patroni_port(node))
        if status == 200:
            return json.loads(text)["members"]
    return []


def primary(plan):
    """The node that takes writes, as Patroni on it says; None when none does."""
    for node in plans.NODES:
        if get("http://127.0.0.1:%d/primary" % plan.patroni_port(node))[0] == 200:
            return node
    return None


def patch(plan, node, document):
    """Changes the configuration that all members share; the status of the answer."""
    return get("http://127.0.0.1:%d/config" % plan.patroni_port(node), 5, document, "PATCH")[0]


def near(member):
    """Patroni says "unknown" of one that it has not heard from."""
    lag = member.get("lag", 0)
    return isinstance(lag, int) and lag <= LAG_BYTES


def replicating(plan):
    """Nodes that follow the primary's changes at this moment."""
    return [member["name"] for member in members(plan)
            if member["role"] in ("replica", "sync_standby")
            and member["state"] in ("running", "streaming") and near(member)]


def sql(plan, statement, port=None, role="postgres", password="superuser", database="souk"):
    """What psql prints; None when it fails or takes long. Without a port: on the primary."""
    node = primary(plan) if port is None else None
    if port is None and node is None:
        return None
    url = "postgresql://%s:%s@127.0.0.1:%d/%s" % (
        role, plan.secrets[password], port or plan.postgres_port(node), database)
    try:
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", url, "-c", statement],
                              text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=30, check=False,
                              env=dict(processes.clean_environment()))
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def sql_at_last(plan, statement):
    """The same on the primary, which may be chosen or busy at this moment: asked again for a while.
    For what may be done twice."""
    said = []
    processes.wait_until(lambda: said.append(sql(plan, statement)) or said[-1] is not None, 60)
    return said[-1]


def describe_member(plan, node):
    for member in members(plan):
        if member["name"] == node:
            role = {"leader": "primary", "sync_standby": "synchronous replica"}.get(
                member["role"], member["role"])
            lag = "" if role == "primary" else ", %s bytes behind" % member.get("lag", "?")
            fine = member["state"] in ("running", "streaming") and near(member)
            return fine, "%s, %s%s" % (role, member["state"], lag)
    return False, "not a member"


def redis(plan, port, *words):
    """What redis-cli prints; "" when it fails or takes long."""
    try:
        done = subprocess.run(["redis-cli", "-p", str(port), "--raw", *words], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=10, check=False,
                              env=dict(processes.clean_environment(),
                                       REDISCLI_AUTH=plan.secrets["redis"]))
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def describe_redis(plan, part):
    whole = "cluster_state:ok" in redis(plan, part.port, "cluster", "info")
    role = (redis(plan, part.port, "role").splitlines() + ["does not answer"])
    keys = redis(plan, part.port, "dbsize")
    linked = role[0] == "master" or "connected" in role
    return whole and linked, "%s, %s keys%s" % (
        {"master": "primary", "slave": "replica"}.get(role[0], role[0]), keys or "?",
        "" if whole else ", the cluster is not whole")


def describe_memcached(part):
    try:
        with socket.create_connection((part.host, part.port), 2) as line:
            line.sendall(b"version\r\n")
            said = line.recv(100).decode().strip()
    except OSError:
        return False, "does not answer"
    return said.startswith("VERSION"), said.lower()


def describe(plan, part):
    """(healthy, what there is to say) of one part."""
    if not processes.pid_of(plan, part.name):
        return False, "does not run"
    if part.name in plans.ETCDS:
        status, text = get(part.url("/health"))
        return status == 200 and '"true"' in text, text.strip()
    if part.name in plans.REDISES:
        return describe_redis(plan, part)
    if part.name in plans.MEMCACHEDS:
        return describe_memcached(part)
    if part.name in plans.NODES:
        return describe_member(plan, part.name)
    if part.name == "pgbouncer":
        answer = sql(plan, "SELECT 'reaches ' || CASE WHEN pg_is_in_recovery() THEN 'a replica'"
                     " ELSE 'the primary' END || ', port ' || inet_server_port()", part.port,
                     "souk_order", "order")
        return answer is not None and "primary" in answer, answer or "does not reach a server"
    status, _ = get(part.url("/healthz" if part.name == "gateway" else "/readyz"))
    return status == 200, "ready" if status == 200 else "answers %d" % status


def table(plan, limit_s=0):
    """Prints a line a part; true when all are healthy in one look, which is waited for. For those
    that are not it prints what they logged last."""
    end = time.monotonic() + limit_s
    while True:
        seen = [(part, *describe(plan, part)) for part in plan.parts()]
        bad = [(part.name, words) for part, healthy, words in seen if not healthy]
        if not bad or time.monotonic() >= end:
            break
        time.sleep(0.5)
    for part, healthy, words in seen:
        print("%-15s %-17s %-8d %-4s %s" % (
            part.name, "%s:%d" % (part.host, part.port), processes.pid_of(plan, part.name),
            "ok" if healthy else "BAD", words))
    for name, words in bad:
        print("%s is not well: %s; its log ends:\n%s"
              % (name, words, processes.log_end(plan, name)))
    return not bad
