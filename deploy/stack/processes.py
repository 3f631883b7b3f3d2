"""Starts and ends the stack's processes. A process is known by its id and the moment it began, so
that an id that was given to somebody else meanwhile is left alone."""
import os
import signal
import subprocess
import time

import plan as plans


def began(pid):
    """The moment a process began, in ticks since the machine did; None when there is none."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
            words = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if words[0] == "Z" else int(words[19])


def pid_of(plan, name):
    """0 when the part does not run."""
    try:
        with open(plan.path("pid", name), encoding="ascii") as file:
            pid, start = (int(word) for word in file.read().split())
    except (OSError, ValueError):
        return 0
    return pid if began(pid) == start else 0


def postmaster_of(plan, node):
    """PostgreSQL's first process; it outlives a Patroni that was killed."""
    try:
        with open(plan.path("postgres", node, "postmaster.pid"), encoding="ascii") as file:
            pid = int(file.readline())
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return pid if os.fsencode(plan.path("postgres", node)) in file.read() else 0
    except (OSError, ValueError):
        return 0


def start(plan, part):
    if pid_of(plan, part.name):
        return
    with open(plan.path("log", part.name), "ab") as log:
        plan.give(part.user, log.name)  # NGINX opens its standard output again, by name
        process = subprocess.Popen(part.command, env=dict(clean_environment(), **part.environment),
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                                   start_new_session=True, **plans.as_user(part.user))
    plan.write_for("root", os.path.join("pid", part.name),
                   "%d %d\n" % (process.pid, began(process.pid) or 0), 0o644)


def clean_environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOUK_")}
    return dict(kept, PATH=plans.SEARCHED, PGCONNECT_TIMEOUT="2")


def kill(pid, number=signal.SIGKILL):
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        pass


def wait_until(true, limit_s, pause_s=0.1):
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(pause_s)
    return true()


def log_end(plan, name, lines=15):
    """The last lines that a part printed, with their line ends."""
    try:
        with open(plan.path("log", name), encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])
    except OSError:
        return ""


def stop(plan, names, patience_s=15):
    """Asks all of them to end, then makes those that did not."""
    pids = [pid for pid in (pid_of(plan, name) for name in names) if pid]
    for pid in pids:
        kill(pid, signal.SIGTERM)
    wait_until(lambda: not any(began(pid) for pid in pids), patience_s)
    for pid in pids:
        if began(pid):
            kill(pid)
    for name in names:
        if os.path.exists(plan.path("pid", name)):
            os.unlink(plan.path("pid", name))


def stop_orphans(plan):
    """Each PostgreSQL whose Patroni is gone."""
    for node in plans.NODES:
        pid = postmaster_of(plan, node)
        if pid:
            os.kill(pid, signal.SIGQUIT)
            wait_until(lambda gone=pid: not began(gone), 10)
