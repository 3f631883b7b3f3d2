#!/usr/bin/env python3
"""What the gateway promises, beside services that run apart (tools/with-cluster.sh).

    tools/with-cluster.sh SOUK tests/cluster/gateway.py SOUK

Each check is a function below; its sentence says what holds.
"""
import concurrent.futures
import contextlib
import datetime
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
from ports import free_ports  # noqa: E402

FOLDER, URL = os.environ["SOUK_CLUSTER"], os.environ["SOUK_URL"]
PORT = int(URL.rsplit(":", 1)[1])
SOUK = sys.argv[1]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
ADDRESS = {"name": "Ann", "line1": "1 Road", "city": "Bonn", "postcode": "53111", "country": "DE"}
KEPT_S = 2.1  # a second as NGINX counts it: until the end of the next one
PATIENCE_S = 60  # for what has to come, on a machine that tests other things besides
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def ask(method, path, body=None, headers=None, port=PORT):
    """(status, headers with small names, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    headers = dict(headers or {})
    if isinstance(body, dict):
        body, headers["Content-Type"] = json.dumps(body), "application/json"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content


def log_of(service):
    with open(os.path.join(FOLDER, service + ".log"), encoding="utf-8") as file:
        return file.read()


def until(true, words, pause_s=0.05):
    """What `true` says as soon as it says anything; a connection that is refused says nothing."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if said := true():
                return said
        time.sleep(pause_s)
    raise AssertionError(words)


def has_ended(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def kill(service, number=signal.SIGKILL):
    with open(os.path.join(FOLDER, service + ".pid"), encoding="ascii") as file:
        pid = int(file.read())
    os.kill(pid, number)
    return pid


def port_of(service):
    with open(os.path.join(FOLDER, service + ".address"), encoding="ascii") as file:
        return int(file.read().rsplit(":", 1)[1])


def start(service):
    """In the place of one that was killed and has ended."""
    subprocess.run([os.environ["SOUK_CLUSTER_START"], service], check=True)
    wait_for(port_of(service))


def wait_for(port):
    until(lambda: ask("GET", "/readyz", port=port)[0] == 200, "nothing ready at port %d" % port)


def staff():
    status, _, body = ask("POST", "/api/v1/sessions", {
        "email": os.environ["SOUK_STAFF_EMAIL"], "password": os.environ["SOUK_STAFF_PASSWORD"],
        "transport": "bearer"})
    assert status == 201, body
    return {"Authorization": "Bearer " + json.loads(body)["token"]}


def order(token, headers=None):
    """An order of something that is always there, with a card of the test provider."""
    sku = "GATEWAY-%d" % time.monotonic_ns()
    status, _, body = ask("POST", "/api/v1/admin/products", {
        "title": sku, "handle": sku.lower(), "status": "active", "published": True, "variants": [
            {"sku": sku, "price_minor": 1000, "tracked": False, "requires_shipping": False}]},
                          staff())
    assert status == 201, body
    _, _, body = ask("POST", "/api/v1/carts", {})
    cart = json.loads(body)["id"]
    status, _, body = ask("POST", "/api/v1/carts/%s/items" % cart, {"sku": sku, "quantity": 1})
    assert status == 201, body
    status, _, body = ask("POST", "/api/v1/orders", {
        "cart_id": cart, "email": "ann@gateway.test", "billing_address": ADDRESS,
        "payment": {"provider": "test", "token": token}},
                          dict(headers or {}, **{"Idempotency-Key": sku}))
    assert status in (201, 202), body
    return json.loads(body)


@check
def every_public_route_is_reached():
    routes = subprocess.run([SOUK, "routes"], check=True, text=True, stdout=subprocess.PIPE).stdout
    count = 0
    for line in routes.splitlines():
        method, path, _, roles = line.split()[:4]
        if roles == "peer" or path in ("/metrics", "/readyz", "/healthz", "/{path...}"):
            continue
        path = re.sub(r"\{[^}]*\}", "01890000-0000-7000-8000-000000000000", path)
        status, headers, _ = ask(method, path)
        assert "x-request-id" in headers or "etag" in headers, \
            "%s %s: a service did not answer (%d)" % (method, path, status)
        count += 1
    assert count > 50, count
    for path in ("/metrics", "/readyz", "/internal/v1/inventory_reserve"):
        status, headers, _ = ask("POST" if "internal" in path else "GET", path)
        assert status == 404 and "x-request-id" not in headers, path


@check
def a_body_that_is_too_large_is_refused_as_a_problem():
    status, headers, body = ask("POST", "/api/v1/carts", b"x" * ((1 << 20) + 1),
                                {"Content-Type": "application/json"})
    assert status == 413 and json.loads(body)["code"] == "too_large", (status, body)
    assert headers["content-type"] == "application/problem+json", headers


@check
def an_answer_is_kept_for_a_moment():
    for _ in range(10):
        path = "/api/v1/products?limit=3&price_min=%d" % (time.time() * 1000 % 1e8)
        seen, began = [ask("GET", path)[1]["x-cache"]], time.monotonic()
        seen += [ask("GET", path)[1]["x-cache"] for _ in range(2)]
        if time.monotonic() - began < 1:  # else it may be kept no more
            break
    assert seen == ["MISS", "HIT", "HIT"], seen
    time.sleep(KEPT_S)
    later = ask("GET", path)[1]["x-cache"]
    assert later in ("EXPIRED", "STALE", "UPDATING"), later
    # Not for those who say who they are.
    named = ask("GET", path, headers={"Authorization": "Bearer x"})[1]["x-cache"]
    assert named == "BYPASS", named
    # And nothing that is somebody's.
    own = ask("POST", "/api/v1/carts", {})[1]
    assert "x-cache" not in own, own


def asked_for(path):
    return log_of("product").count('"path":"%s"' % path)


@check
def of_many_who_ask_at_once_one_is_sent_on():
    _, _, body = ask("GET", "/api/v1/products?limit=20")
    for product in json.loads(body)["items"][5:10]:
        path = "/api/v1/products/" + product["handle"]
        before, began = asked_for(path), time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            answers = list(pool.map(lambda _, path=path: ask("GET", path)[0], range(30)))
        most = 2 + int(time.monotonic() - began)  # the answer is kept for a second
        assert answers == [200] * 30, answers
        until(lambda path=path, before=before: asked_for(path) > before,
              path + " was not asked for")
        time.sleep(0.3)  # the log is written by a thread of its own
        asked = asked_for(path) - before
        assert asked <= most, "%s was asked for %d times" % (path, asked)


@check
def an_old_answer_is_shown_while_the_service_is_away():
    path = "/api/v1/categories"
    assert ask("GET", path)[0] == 200
    pid = kill("product")
    time.sleep(KEPT_S)
    try:
        until(lambda: has_ended(pid), "the product service lives")
        status, headers, _ = ask("GET", path)
        assert status == 200 and headers["x-cache"] in ("STALE", "UPDATING"), (status, headers)
        status, headers, body = ask("GET", "/api/v1/products?limit=7&price_min=12345")
        assert status == 503 and json.loads(body)["code"] == "unavailable", (status, body)
        assert headers["retry-after"] == "1", headers
    finally:
        start("product")


@check
def files_are_nginxs_packed_and_for_ever():
    _, _, page = ask("GET", "/")
    paths = re.findall(r'(?:src|href)="(/assets/index-[^"]+\.(?:js|css))"', page.decode())
    assert paths, page[:500]
    for path in paths:
        sizes = {}
        for coding in ("", "gzip", "br"):
            status, headers, content = ask("GET", path, headers={"Accept-Encoding": coding})
            assert status == 200 and headers.get("content-encoding", "") == coding, headers
            assert headers["cache-control"] == "public, max-age=31536000, immutable", headers
            assert headers["vary"] == "Accept-Encoding", headers
            assert headers["x-content-type-options"] == "nosniff", headers
            assert re.match("text/(javascript|css)|application/javascript",
                            headers["content-type"]), headers
            sizes[coding] = len(content)
        assert sizes["br"] < sizes["gzip"] < sizes[""], sizes
        assert '"path":"%s"' % path not in log_of("product"), "the service was asked"
    assert ask("GET", "/assets/not-there.js")[0] == 404


@contextlib.contextmanager
def stream_of(placed, *headers):
    """The events of an order: (the connection, a function that reads until it has some words)."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE_S) as stream:
        path = "/api/v1/orders/%s/events?token=%s" % (placed["id"], placed["access_token"])
        stream.sendall("\r\n".join(["GET %s HTTP/1.1" % path, "Host: shop", *headers, "\r\n"])
                       .encode())
        text = b""

        def read_until(words):
            nonlocal text
            while words not in text:
                piece = stream.recv(4096)
                assert piece, text
                text += piece
            return text

        yield stream, read_until


@check
def events_come_at_once_and_end_when_the_service_drains():
    # Its end is far away, and so is that of a buffer.
    placed = order("tok_down")
    with stream_of(placed, "Connection: close", "Accept-Encoding: gzip") as (stream, read_until):
        text = read_until(b'"state":"pending_payment"')
        assert b"text/event-stream" in text and b"Content-Encoding" not in text, text
        paid_later = order("tok_charged_timeout")  # when the shop has asked again, after 2 s
        with stream_of(paid_later) as (_, read_until):
            read_until(b'"state":"paid"')
            heard_s = time.time()
        path = "/api/v1/orders/%s?token=%s" % (paid_later["id"], paid_later["access_token"])
        paid = json.loads(ask("GET", path)[2])["history"][-1]["at"]
        paid_s = datetime.datetime.fromisoformat(paid.replace("Z", "+00:00")).timestamp()
        assert heard_s - paid_s < 20, "the event waited for %.1f s" % (heard_s - paid_s)
        # A stream without an end does not hold up a process that is to stop.
        pid, began = kill("order", signal.SIGTERM), time.monotonic()
        while stream.recv(4096):
            pass
        assert time.monotonic() - began < 8, "the stream was ended with the process"  # after 10 s
    until(lambda: has_ended(pid), "the order service does not end")
    start("order")


@check
def a_trace_goes_through_all_services():
    order("tok_ok", {"traceparent": "00-%s-00f067aa0ba902b7-01" % TRACE, "tracestate": "a=1"})
    for service in ("order", "payment"):  # nothing of this order is counted by inventory
        until(lambda at=service: TRACE in log_of(at), "%s does not know the trace" % service)
    until(lambda: any(TRACE in line and '"event":"mail"' in line
                      for line in log_of("notification").splitlines()), "the mail is of no trace")


@contextlib.contextmanager
def another_gateway(name, *options, peers=None):
    """One more NGINX before the same services: (port, what it has in its log so far)."""
    front, folder = free_ports(1)[0], os.path.join(FOLDER, name)
    os.mkdir(folder)
    text = subprocess.run(
        [SOUK, "gateway", "--gateway", "127.0.0.1:%d" % front, "--folder", folder,
         "--browse-rate", "0", "--checkout-rate", "0", *options],
        check=True, stdout=subprocess.PIPE,
        env=dict(os.environ, SOUK_PEERS=peers or os.environ["SOUK_PEERS"])).stdout
    with open(folder + ".conf", "wb") as file:
        file.write(text)
    words = ["nginx", "-e", folder + ".nginx", "-c", folder + ".conf"]
    user = "user root; " if os.getuid() == 0 else ""
    subprocess.run(words + ["-t", "-g", user], check=True, stderr=subprocess.DEVNULL)
    with open(folder + ".said", "wb") as said:
        nginx = subprocess.Popen(words + ["-g", user + "daemon off;"], stdout=subprocess.DEVNULL,
                                 stderr=said)
    try:
        until(lambda: ask("GET", "/healthz", port=front)[0], "NGINX does not answer")
        yield front, lambda: open(folder + ".said", encoding="utf-8", errors="replace").read()
    finally:
        nginx.terminate()
        nginx.wait()


@check
def a_process_that_dies_is_left_out_without_a_failure():
    twin = free_ports(1)[0]
    environment = dict(os.environ, SOUK_DATA_DIR=os.path.join(FOLDER, "product"),
                       SOUK_LISTEN="127.0.0.1:%d" % twin)
    with open(os.path.join(FOLDER, "twin.log"), "ab") as log:
        process = subprocess.Popen([SOUK, "serve", "product"], env=environment, stderr=log)
    try:
        wait_for(twin)
        peers = os.environ["SOUK_PEERS"] + "product=http://127.0.0.1:%d," % twin
        failed = []
        with another_gateway("twin", peers=peers) as (front, _):
            for number in range(300):
                status, _, body = ask("GET", "/api/v1/products?limit=2&price_min=%d" % number,
                                      port=front)
                if status != 200:
                    failed.append((number, status, body))
                if number == 100:
                    process.kill()
        assert not failed, "%d of 300 failed: %r" % (len(failed), failed[:2])
    finally:
        process.kill()
        process.wait()


# What a firewall is there for: name of the rules, method, path, body, headers.
ATTACKS = [
    ("941", "GET", "/?q=%3Cscript%3Ealert(1)%3C/script%3E", None, {}),
    ("942", "GET", "/api/v1/products?q=1%27%20UNION%20SELECT%20name%20FROM%20users--", None, {}),
    ("942", "POST", "/api/v1/carts", {"currency": "1' OR '1'='1' -- "}, {}),
    ("930", "GET", "/api/v1/products?q=../../../../etc/passwd", None, {}),
    ("932", "POST", "/api/v1/password-resets", {"email": "a@b.test;/bin/cat /etc/passwd"}, {}),
    ("913", "GET", "/api/v1/products", None, {"User-Agent": "sqlmap/1.6"}),
    ("932", "GET", "/", None, {"User-Agent": "() { :;}; /bin/true"}),
]
# HTML that staff write, with all that an attack has.
DESCRIPTION = ("<p>Ours since 1998.</p><script>alert(1)</script><a href=\"javascript:alert(1)\" "
               "onclick=\"x()\">a</a> ' OR 1=1 UNION SELECT name FROM users -- ; cat /etc/passwd")
PASSWORD = "x' OR '1'='1 <script>$(cat /etc/passwd)"


@check
def the_firewall_refuses_attacks_as_problems():
    with another_gateway("block", "--firewall", "block") as (front, log):
        for rules, method, path, body, headers in ATTACKS:
            status, headers, body = ask(method, path, body, headers, port=front)
            assert status == 403, "%s %s: %d" % (method, path, status)
            assert headers["content-type"] == "application/problem+json", headers
            said = json.loads(body)
            assert said["code"] == "forbidden" and "attack" in said["detail"], said
            until(lambda rules=rules, said=said: any(
                said["request_id"] in line and '[id "%s' % rules in line
                for line in log().splitlines()), "%s is not in the log by %s" % (path, rules))
        # What cannot be read is refused before the program reads it its own way.
        status, headers, body = ask("POST", "/api/v1/carts", b'{"currency": "EUR"', {
            "Content-Type": "application/json"}, port=front)
        assert status == 400 and json.loads(body)["code"] == "malformed", (status, body)
        # And a body of more values than can be looked at while others wait.
        for path, most in (("/api/v1/carts", 200), ("/api/v1/admin/products", 2000)):
            status, _, body = ask("POST", path, {"tags": ["a"] * (most - 5)}, port=front)
            assert status in (401, 422), (path, status, body)
            status, _, body = ask("POST", path, {"tags": ["a"] * most}, port=front)
            assert status == 413 and json.loads(body)["code"] == "too_large", (path, status, body)


@check
def the_firewall_lets_the_shop_work():
    with another_gateway("work", "--firewall", "block") as (front, log):
        sku = "WALL-%d" % time.monotonic_ns()
        new = {"title": "Bowl & plate, 50% off", "handle": sku.lower(), "status": "active",
               "published": True, "description_html": DESCRIPTION,
               "variants": [{"sku": sku, "price_minor": 1000, "tracked": False}]}
        status, _, body = ask("POST", "/api/v1/admin/products", new, staff(), port=front)
        assert status == 201, body
        made = json.loads(body)
        path = "/api/v1/admin/products/" + made["id"]
        _, _, body = ask("GET", path, headers=staff(), port=front)
        assert json.loads(body)["description_html"] == DESCRIPTION, body
        # The field is let be where it is, and nowhere else.
        status, _, body = ask("POST", "/api/v1/carts", {"description_html": DESCRIPTION},
                              port=front)
        assert status == 403, body
        # A picture is bytes: these would be an attack in a text.
        status, _, body = ask("POST", path + "/images", b"\x89PNG' OR 1=1 UNION SELECT <script>",
                              dict(staff(), **{"Content-Type": "image/png"}), port=front)
        assert status in (400, 415, 422), (status, body)
        # A password may be anything, and is in no log.
        email = "wall-%d@gateway.test" % time.monotonic_ns()
        status, _, body = ask("POST", "/api/v1/users", {
            "name": "Ann O'Brien", "email": email, "password": PASSWORD}, port=front)
        assert status == 202, (status, body)
        status, _, body = ask("POST", "/api/v1/sessions", {
            "email": email, "password": PASSWORD, "transport": "bearer"}, port=front)
        assert status == 401, (status, body)  # the mail was not answered yet
        assert "cat /etc/passwd)" not in log(), "the password is in the log"
        status, _, body = ask("DELETE", path, headers=staff(), port=front)
        assert status in (200, 204), (status, body)


@check
def the_firewall_can_report_and_nothing_else():
    with another_gateway("report", "--firewall", "report") as (front, log):
        for rules, method, path, body, headers in ATTACKS:
            before = len(log())
            status, _, _ = ask(method, path, body, headers, port=front)
            assert status != 403, (path, status)
            until(lambda rules=rules, before=before: '[id "%s' % rules in log()[before:],
                  "%s is not in the log by %s" % (path, rules))


@check
def a_process_is_ready_when_its_catalogue_is_read():
    pid = kill("product")
    until(lambda: has_ended(pid), "the product service lives")
    subprocess.run([os.environ["SOUK_CLUSTER_START"], "product"], check=True)

    def says_ready():
        status, _, body = ask("GET", "/readyz", port=port_of("product"))
        return body if status == 200 else None

    # The first time that it says so is what counts.
    body = until(says_ready, "the product service does not get ready", pause_s=0.001)
    rows = {row["name"]: row for row in json.loads(body)["dependencies"]}
    assert rows["catalogue"]["state"] == "up", body


def main():
    failed = 0
    for function in CHECKS:
        try:
            function()
        except (AssertionError, OSError, KeyError, subprocess.SubprocessError) as fault:
            failed += 1
            print("FAIL %s: %r" % (function.__name__, fault))
    print("%d passed, %d failed" % (len(CHECKS) - failed, failed))
    sys.exit(failed > 0)


main()
