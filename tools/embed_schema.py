#!/usr/bin/env python3
"""Writes every src/**/schema/NNN_name.sql into a C file as the array of data/migrate.h.

    tools/embed_schema.py SOURCE_FOLDER OUTPUT

Runs at each build, so that a new file needs no list; the output is touched only when it changed.
NNN_name.postgres.sql is the text for PostgreSQL of the migration beside it. The file `breaking`
beside them has a line for each that the version before cannot work with: NNN_name: why.
"""
import os
import re
import sys

NAME = re.compile(r'^(\d{3})_([a-z0-9_]+?)(\.postgres)?\.sql$')
BREAKING = re.compile(r'^(\d{3})_([a-z0-9_]+): ([^"\\]+)\n$')
FIRST = {'app': 0, 'data': 0}


def read_breaking(path, service, breaking):
    with open(path, encoding='utf-8') as file:
        for line in file:
            match = BREAKING.match(line)
            if not match:
                sys.exit(f'{path}: a line is NNN_name: why')
            breaking[service, int(match[1]), match[2]] = match[3]


def find(source):
    """{(service, number): {'name': ..., 'sql': ..., 'postgres': ...}}"""
    found, breaking = {}, {}
    for folder, _, names in os.walk(source):
        if os.path.basename(folder) != 'schema':
            continue
        service = os.path.basename(os.path.dirname(folder))
        if 'breaking' in names:
            read_breaking(os.path.join(folder, 'breaking'), service, breaking)
        for name in sorted(names):
            if not name.endswith('.sql'):
                continue
            path = os.path.join(folder, name)
            match = NAME.match(name)
            if not match:
                sys.exit(f'{path}: not called NNN_name.sql or NNN_name.postgres.sql')
            entry = found.setdefault((service, int(match[1])), {'name': match[2]})
            kind = 'postgres' if match[3] else 'sql'
            if entry['name'] != match[2] or kind in entry:
                sys.exit(f'{path}: number {match[1]} of {service} is taken by {entry["name"]}')
            with open(path, 'rb') as file:
                entry[kind] = file.read()
    for (service, number), entry in found.items():
        if 'sql' not in entry:
            sys.exit(f'{service}/{number:03}_{entry["name"]}.postgres.sql has no .sql beside it')
    for (service, number, name), why in breaking.items():
        if found.get((service, number), {}).get('name') != name:
            sys.exit(f'{service}/schema/breaking names {number:03}_{name}, which is not there')
        found[service, number]['breaks'] = why
    return found


def array(name, text):
    """A char array by numbers: ISO C limits string literals to 4,095 bytes."""
    numbers = [str(byte if byte < 128 else byte - 256) for byte in text + b'\0']
    lines = [', '.join(numbers[i:i + 20]) for i in range(0, len(numbers), 20)]
    return f'static const char {name}[] = {{\n    ' + ',\n    '.join(lines) + '};\n'


def render(found):
    order = sorted(found, key=lambda key: (FIRST.get(key[0], 1), key))
    out = ['// Written by tools/embed_schema.py. Contract in data/migrate.h.\n'
           '#include "data/migrate.h"\n\n']
    rows = []
    for service, number in order:
        entry = found[service, number]
        name = f'{service}_{number:03}'
        out.append(array(name, entry['sql']))
        if 'postgres' in entry:
            out.append(array(name + '_postgres', entry['postgres']))
        postgres = name + '_postgres' if 'postgres' in entry else 'NULL'
        breaks = f'"{entry["breaks"]}"' if 'breaks' in entry else 'NULL'
        rows.append(f'    {{"{service}", {number}, "{entry["name"]}", {name}, {postgres},'
                    f' {breaks}}},\n')
    out.append('\nconst struct migration migrations[] = {\n' + ''.join(rows) + '};\n')
    out.append(f'const size_t migration_count = {len(rows)};\n')
    return ''.join(out)


def main():
    source, output = sys.argv[1:]
    text = render(find(source))
    try:
        with open(output, encoding='utf-8') as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(output, 'w', encoding='utf-8') as file:
        file.write(text)


if __name__ == '__main__':
    main()
