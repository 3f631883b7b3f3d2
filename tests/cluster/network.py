"""A network of its own for one process of a stack, which can be cut: packets vanish, so that those
who talk to it wait for nothing. Needs root.

The process lives in a network namespace and keeps its address, 127.0.x.y, which the rest of the
stack reaches over a pair of virtual interfaces instead of the loopback one (route_localnet, see
ip-sysctl in the kernel's documentation); from inside, the rest of 127.0.0.0/8 is this machine.
"""
import os
import subprocess

from plan import Part


def possible():
    """A sentence when it is not."""
    if os.getuid() != 0:
        return "a network namespace needs root"
    done = subprocess.run(["ip", "netns", "list"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    return "" if done.returncode == 0 else "there is no `ip netns` here (Debian's iproute2)"


class Network:
    def __init__(self, plan):
        self.name = "souk%d" % plan.port
        self.outer, self.inner, self.host = self.name + "o", self.name + "i", None

    @staticmethod
    def run(*words, check=True):
        subprocess.run(words, check=check, stdout=subprocess.DEVNULL,
                       stderr=None if check else subprocess.DEVNULL)

    def within(self, *words):
        self.run("ip", "-n", self.name, *words)

    def make(self, host):
        self.host = host
        self.run("ip", "netns", "add", self.name)
        self.run("ip", "link", "add", self.outer, "type", "veth", "peer", "name", self.inner,
                 "netns", self.name)
        for command, interface in ((("sysctl",), self.outer),
                                   (("ip", "netns", "exec", self.name, "sysctl"), self.inner)):
            self.run(*command, "-qw", "net.ipv4.conf.%s.route_localnet=1" % interface)
        self.run("ip", "link", "set", self.outer, "up")
        self.run("ip", "route", "add", host, "dev", self.outer, "table", "local", "src",
                 "127.0.0.1")
        self.within("addr", "add", host + "/32", "dev", self.inner)
        self.within("link", "set", self.inner, "up")
        self.mend()

    def inside(self, part):
        """The same part, to be started in here."""
        command = ["ip", "netns", "exec", self.name, "setpriv", "--reuid", part.user, "--regid",
                   part.user, "--clear-groups"] + part.command
        return Part(part.name, part.port, "root", command, part.environment, part.host)

    def cut(self):
        """What comes from inside is dropped without a word, so nothing outside is ever answered."""
        self.within("route", "replace", "blackhole", "127.0.0.0/8")

    def mend(self):
        self.run("ip", "-n", self.name, "route", "del", "blackhole", "127.0.0.0/8", check=False)
        self.within("route", "replace", "127.0.0.0/8", "dev", self.inner, "src", self.host)

    def remove(self):
        """May be called at any time, also twice."""
        if self.host is not None:
            self.run("ip", "link", "del", self.outer, check=False)
            self.run("ip", "netns", "del", self.name, check=False)
