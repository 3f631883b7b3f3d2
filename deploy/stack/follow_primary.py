#!/usr/bin/env python3
"""Points pgbouncer at the primary. Patroni calls it whenever the role of a node may have changed:

    follow_primary.py FOLDER PORT ACTION ROLE CLUSTER

Only the primary has something to say: it holds the lease when this runs, so there is one at a time.
The file is what counts; a pgbouncer that is away reads it when it starts.
"""
import os
import signal
import sys


def pooler_pid(folder):
    try:
        with open(os.path.join(folder, "pid", "pgbouncer"), encoding="ascii") as file:
            return int(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def main():
    folder, port, _, role = sys.argv[1:5]
    if role not in ("master", "primary"):
        return
    path = os.path.join(folder, "pooler", "primary.ini")
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write("souk = host=127.0.0.1 port=%s dbname=souk\n" % port)
    os.rename(path + ".new", path)
    pid = pooler_pid(folder)
    if pid:
        os.kill(pid, signal.SIGHUP)


main()
