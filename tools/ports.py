#!/usr/bin/env python3
"""Ports of this machine at which nobody listens: tools/ports.py [COUNT] prints them.

Who is told of one binds it a moment later. Until then nobody else has it: they are below those
that systems give out by themselves (ip_local_port_range), to clients too, and drawn by lot.
"""
import random
import socket
import sys

FIRST, PAST = 10000, 16000


def is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count):
    drawn = random.SystemRandom().sample(range(FIRST, PAST), PAST - FIRST)
    found = [port for port, _ in zip(filter(is_free, drawn), range(count))]
    if len(found) < count:
        sys.exit("ports: there are no %d free ports from %d to %d" % (count, FIRST, PAST - 1))
    return found


if __name__ == "__main__":
    print(*free_ports(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
