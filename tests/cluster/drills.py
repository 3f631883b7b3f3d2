#!/usr/bin/env python3
"""Runs drills one after the other on a stack of its own, which is removed in the end, however that
comes, and prints what each measured.

    tests/cluster/drills.py SOUK [NAME...] [--port N] [--untimed] [--firewall report|block]

Without a name: all of them. What a drill is and promises: drill.py and faults.py.
"""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
STACK = os.path.join(HERE, "..", "..", "deploy", "stack")
sys.path.insert(0, STACK)
import look  # noqa: E402
import plan as plans  # noqa: E402
import processes  # noqa: E402
import stack  # noqa: E402

APART = ("calm", "medley")  # run when they are named


def free_block():
    for _ in range(200):
        first = random.randrange(20000, 30000, 100)
        if all(plans.free(port) for port in range(first, first + plans.PORTS)):
            return first
    sys.exit("drills: no %d free ports in a row" % plans.PORTS)


def known():
    listed = subprocess.run([os.path.join(HERE, "drill.py"), "list"], stdout=subprocess.PIPE,
                            text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines()]


def run_drill(name, folder, options):
    """What drill.py says of itself."""
    path = os.path.join(folder, "result.json")
    if os.path.exists(path):
        os.unlink(path)
    done = subprocess.run([os.path.join(HERE, "drill.py"), name, "--folder", folder, "--result",
                           path] + ["--untimed"] * options.untimed, check=False)
    if not os.path.exists(path):
        return {"name": name, "verdict": "skipped" if done.returncode == 0 else "failed"}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def print_table(results):
    print("\n%-17s %-7s %9s %9s %7s %8s %7s %6s" % (
        "drill", "verdict", "no cart s", "no order s", "orders", "requests", "failed", "load"))
    for result in results:
        if "orders" in result:
            print("%(name)-17s %(verdict)-7s %(carts_s)9.1f %(orders_s)9.1f %(orders)7d"
                  " %(requests)8d %(failures)7d %(load)6.1f" % result)
        else:
            print("%(name)-17s %(verdict)s" % result)
    for result in results:
        for sentence in result.get("broken", []):
            print("%s: BROKEN %s" % (result["name"], sentence))


def keep_logs(log):
    kept = os.path.join(HERE, "..", "..", "build-check", "drills")
    if os.path.isdir(log):
        shutil.copytree(log, kept, dirs_exist_ok=True)
        print("what the parts of the stack logged is kept in", os.path.normpath(kept))


def start(command, folder, options):
    command = command + ["start", options.binary, "--folder", folder, "--port",
                         str(options.port or free_block())]
    if options.firewall:
        command += ["--firewall", options.firewall]
    subprocess.run(command, check=True)
    if options.firewall:
        check_firewall(folder, options.firewall)


def check_firewall(folder, mode):
    """An attack is told in the gateway's log, and refused where it is to be."""
    plan = stack.find(folder)
    status, _ = look.get("http://%s/?q=%%3Cscript%%3Ealert(1)%%3C/script%%3E" % plan.address(0), 60)

    def said():
        with open(plan.path("log", "gateway"), encoding="utf-8", errors="replace") as log:
            return '[id "941110"]' in log.read()

    told = processes.wait_until(said, 60)  # the answer may be out before the line
    if not told or status != (403 if mode == "block" else 200):
        sys.exit("drills: the firewall answers an attack with %d, %s"
                 % (status, "and says so" if told else "and says nothing"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--untimed", action="store_true")
    parser.add_argument("--firewall", choices=["report", "block"])
    options = parser.parse_args()
    names = options.names or [name for name in known() if name not in APART]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit("drills: interrupted"))
    above = tempfile.mkdtemp(prefix="souk-drills.")
    os.chmod(above, 0o755)
    folder, results = os.path.join(above, "stack"), []
    command = [os.path.join(STACK, "stack.py")]
    try:
        start(command, folder, options)
        for name in names:
            results.append(run_drill(name, folder, options))
    finally:
        if not results or any(result["verdict"] in ("broken", "failed") for result in results):
            keep_logs(os.path.join(folder, "log"))
        if os.path.exists(folder):
            subprocess.run(command + ["stop", "--folder", folder], check=False)
        shutil.rmtree(above)
    print_table(results)
    failed = sum(result["verdict"] in ("broken", "failed") for result in results)
    print("%d passed, %d failed" % (len(results) - failed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
