#!/usr/bin/python3
"""Runs the images from the very manifests under podman, and buys something of each.

    tests/kube/kube_play.py [single|production]...

`single` is given to `podman kube play`. The Pods of `production` are started one by one (pods.py
says how): four members of PostgreSQL under Patroni, six of Redis, two of Memcached, pgbouncer, the
six services, gateway and pages, and the jobs that make, fill, audit and back up the database.
Nothing is pulled: Redis and Memcached come from Debian's packages, and so does the etcd that stands
in for the store that Patroni has in Kubernetes' API. A folder stands in for the object store.
Everything is called souk-play-... and removed at the end.
"""
import os
import shutil
import signal
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import containers  # noqa: E402
import overlays  # noqa: E402
import production_act  # noqa: E402
import single_act  # noqa: E402

ACTS = {"single": single_act.play, "production": production_act.play}
HERE = os.path.dirname(os.path.abspath(__file__))


class Verdict:
    """What was promised, and whether it is so."""

    def __init__(self):
        self.passed = self.failed = 0
        self.began = time.monotonic()

    def hold(self, sentence, true, why=""):
        self.passed, self.failed = self.passed + bool(true), self.failed + (not true)
        print("%5.1f s  %s %s%s" % (time.monotonic() - self.began, "ok  " if true else "FAIL",
                                    sentence, "" if true or not why else ": %s" % (why,)),
              flush=True)
        return true

    def none_of(self, sentence, faults):
        faults = list(faults)
        self.hold(sentence, not faults, "; ".join(faults[:8]))

    def tried(self, sentence, does):
        """Runs `does`; what it answers, None when it could not."""
        try:
            answer = does()
        except Exception as error:  # pylint: disable=broad-except
            self.hold(sentence, False, "%s: %s" % (type(error).__name__, error))
            return None
        self.hold(sentence, True)
        return answer


def build_others():
    """The image of what the shop stands on and does not bring: Redis, Memcached, etcd."""
    if containers.run("image", "exists", overlays.OTHERS, check=False)[0] != 0:
        containers.run("build", "--network", "host", "--layers", "--tag", overlays.OTHERS, "--file",
                       os.path.join(HERE, "Containerfile"), HERE, timeout=900)


def make_network():
    """A network of ours that no other has; its first three numbers."""
    for third in range(40, 250):
        subnet = "10.231.%d" % third
        status, _ = containers.run("network", "create", "--disable-dns", "--subnet",
                                   subnet + ".0/24", containers.PREFIX + "net", check=False)
        if status == 0:
            return subnet
    sys.exit("kube-play: no network could be made")


def main():
    acts = sys.argv[1:] or list(ACTS)
    if os.geteuid() != 0:
        sys.exit("kube-play: as root: containers here have users and limits of their own")
    folder = tempfile.mkdtemp(prefix="souk-kube-play.", dir="/var/tmp")
    os.chmod(folder, 0o755)
    containers.configure(folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    verdict = Verdict()
    try:
        containers.remove_all()  # of a run that was killed
        if "production" in acts:
            build_others()
        for act in acts:
            print("== %s" % act)
            subnet = make_network()
            ACTS[act](verdict, os.path.join(folder, act), containers.PREFIX + "net", subnet)
            containers.remove_all()
    finally:
        containers.remove_all()
        left = [name for kind in ("container", "pod", "volume", "network")
                for name in containers.names(kind)]
        verdict.none_of("nothing is left behind", left)
        shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (verdict.passed, verdict.failed))
    return verdict.failed > 0


if __name__ == "__main__":
    sys.exit(main())
