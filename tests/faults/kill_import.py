#!/usr/bin/env python3
"""Kills an import again and again: kill_import.py SOUK [KILLS]

Imports a generated file into one shop without disturbance and into another with `kill -9` at random
moments; the last run goes to its end. Both must then export the same bytes, stock included.
"""
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

VARIANTS = 12000
TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"


def souk(program, folder, *words):
    command = [program, *words, "--data-dir", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def must(process):
    if process.wait() != 0:
        sys.exit(f"FAIL {' '.join(process.args)}: exit {process.returncode}")


def exported(program, folder):
    file = folder / "export.csv"
    must(souk(program, folder, "export", "shopify", str(file)))
    return file.read_bytes()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.splitlines()[0])
    program, kills = sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 10
    seed = int(time.time())
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="souk-kill-import-") as name:
        folder = pathlib.Path(name)
        file = folder / "products.csv"
        with file.open("w") as out:
            subprocess.run([TOOLS / "make-catalogue.py", str(VARIANTS)], stdout=out, check=True)
        words = ("import", "shopify", str(file))
        calm, stormy = folder / "calm", folder / "stormy"
        began = time.monotonic()
        must(souk(program, calm, *words))
        took = time.monotonic() - began
        died = 0
        for _ in range(kills):
            process = souk(program, stormy, *words)
            time.sleep(rng.uniform(0.02, took))
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                died += 1
            process.wait()
        must(souk(program, stormy, *words))
        must(souk(program, stormy, "audit"))
        if exported(program, calm) != exported(program, stormy):
            sys.exit(f"FAIL the shops differ after {died} kills (seed {seed})")
        print(f"{VARIANTS} variants, killed {died} times of {kills}: the same catalogue")


main()
