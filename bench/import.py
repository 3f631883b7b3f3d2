#!/usr/bin/env python3
"""Measures `souk import shopify` beside the sqlite3 shell: import.py SOUK [VARIANTS]

The shell's .import puts the same file, as text, into a single table; from a dump of the shop it
writes the very rows that the import made, with their indexes, in one transaction. Both sync as the
shop does. Times are wall clock, memory is the peak of the process.
"""
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

TOOLS = pathlib.Path(__file__).resolve().parents[1] / 'tools'


def measure(command, **settings):
    """Seconds and megabytes of a command that must succeed."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               **settings)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f'import.py: {" ".join(map(str, command))} failed')
    return time.monotonic() - began, usage.ru_maxrss / 1024


def change_prices(before, after):
    """Another price for about one row in ten. Line by line: the peak memory of a child counts from
    before it became another program."""
    rng = random.Random(2)
    with before.open() as lines, after.open('w') as out:
        for line in lines:
            price = f',{rng.randint(100, 9999) / 100:.2f}'
            out.write(re.sub(r',\d+\.\d\d(?=,\d+\.\d\d,TRUE,shopify,)', price, line)
                      if rng.random() < 0.1 else line)


def show(what, took, memory, variants, against):
    ratios = ''.join(f'  {took / other:.2f} of {name}' for name, other in against)
    print(f'{what:28} {took:6.2f} s  {variants / took:9,.0f} variants/s  {memory:6.1f} MB{ratios}',
          flush=True)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.splitlines()[0])
    souk, variants = sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 100_000
    with tempfile.TemporaryDirectory(prefix='souk-bench-import-') as name:
        folder = pathlib.Path(name)
        file, dump = folder / 'products.csv', folder / 'dump.sql'
        with file.open('w') as out:
            subprocess.run([TOOLS / 'make-catalogue.py', str(variants)], stdout=out, check=True)
        command = [souk, 'import', 'shopify', file, '--data-dir', folder / 'shop']
        wal = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;'
        table = measure(['sqlite3', folder / 'table.db', wal, '.mode csv', f'.import {file} row'])
        first = measure(command)
        with dump.open('w') as out:
            subprocess.run(['sqlite3', folder / 'shop' / 'souk.db', '.dump'], stdout=out,
                           check=True)
        with dump.open() as rows:
            same = measure(['sqlite3', folder / 'rows.db'], stdin=rows)
        again = measure(command)
        change_prices(file, folder / 'changed.csv')
        command[3] = folder / 'changed.csv'
        changed = measure(command)
    show('sqlite3, text to one table', *table, variants, ())
    show('sqlite3, the same rows', *same, variants, ())
    against = (('one table', table[0]), ('the same rows', same[0]))
    show('import', *first, variants, against)
    show('the same file again', *again, variants, against)
    show('a tenth of the prices new', *changed, variants, against)


main()
