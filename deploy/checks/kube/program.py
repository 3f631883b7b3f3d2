"""What the built program says of itself: settings, commands, routes, calls, metrics."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
from ports import free_ports  # noqa: E402


class Program:
    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.answers = {}

    def run(self, *words, **variables):
        """Asked once for each form of the question."""
        question = (words, tuple(sorted(variables.items())))
        if question not in self.answers:
            self.answers[question] = self.ask(words, variables)
        return self.answers[question]

    def ask(self, words, variables):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SOUK_")}
        return subprocess.run(
            [self.path, *words], env={**clean, **variables}, text=True, capture_output=True
        )

    def said(self, *words):
        done = self.run(*words)
        if done.returncode != 0:
            raise SystemExit(f"kube-check: souk {' '.join(words)}: {done.stderr}")
        return done.stdout

    @cached_property
    def settings(self):
        """Variable: its default."""
        return dict(re.findall(r"^(SOUK_\w+)=(.*)$", self.said("config"), re.M))

    @cached_property
    def commands(self):
        """Name: its usage line."""
        return dict(re.findall(r"^  souk (\w+) ?(.*)$", self.said("help"), re.M))

    @cached_property
    def routes(self):
        """(method, path, owner), in the order of the table."""
        return [tuple(line.split()[:3]) for line in self.said("routes").splitlines()]

    @cached_property
    def calls(self):
        """(from, to) of all that goes over the network."""
        return {tuple(line.split()[:2]) for line in self.said("calls").splitlines()}

    @cached_property
    def services(self):
        return sorted({owner for _, _, owner in self.routes} - {"every"})

    @cached_property
    def metrics(self):
        """Name: its labels, of all that a running shop exports: whole, and with services apart."""
        found = self.scraped("serve")
        for name, labels in self.scraped("serve", "user").items():
            found.setdefault(name, set()).update(labels)
        return found

    def scraped(self, *words):
        with tempfile.TemporaryDirectory(prefix="souk-metrics-") as folder:
            port = free_ports(1)[0]
            server = subprocess.Popen(
                [self.path, *words],
                stderr=subprocess.DEVNULL,
                env={
                    "SOUK_LISTEN": f"127.0.0.1:{port}",
                    "SOUK_DATA_DIR": folder,
                    "PATH": os.environ["PATH"],
                    "SOUK_PEER_KEY": "k" * 32,
                },
            )
            try:
                return exported(scrape(port))
            finally:
                server.terminate()
                server.wait()


def scrape(port):
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address + "/readyz", timeout=30).read()
            break
        except OSError:
            time.sleep(0.1)
    return urllib.request.urlopen(address + "/metrics", timeout=30).read().decode()


def exported(text):
    """Name: the set of its labels' names; those declared without a row yet have none."""
    found = {}
    for name, kind in re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M):
        for end in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            found[name + end] = set()
    for name, labels in re.findall(r"^(\w+)(\{.*?\})? ", text, re.M):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return found
