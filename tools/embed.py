#!/usr/bin/env python3
"""Writes the C file that carries other files in the binary; src/core/asset.h is how they are read.

    tools/embed.py OUTPUT.c OUTPUT.d PREFIX=FOLDER[:GLOB]...

Each file below FOLDER (that GLOB matches) becomes the asset PREFIX/path. Text of the web gets gzip
and brotli forms where they save a tenth. The assembler includes the bytes (.incbin), so nothing is
copied through the compiler. A folder that is not there gives nothing: the web may not be built yet.
"""
import gzip
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

TYPES = {
    '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8', '.txt': 'text/plain; charset=utf-8',
    '.json': 'application/json', '.map': 'application/json',
    '.webmanifest': 'application/manifest+json', '.xml': 'application/xml', '.svg': 'image/svg+xml',
    '.png': 'image/png', '.jpg': 'image/jpeg', '.webp': 'image/webp', '.avif': 'image/avif',
    '.ico': 'image/x-icon', '.woff2': 'font/woff2',
}
COMPRESSED = {'.html', '.js', '.css', '.json', '.map', '.webmanifest', '.xml', '.svg', '.txt'}
HASHED_NAME = re.compile(r'-[\w-]{8,}\.\w+$')  # as Vite names what it has hashed


def files_of(argument):
    """(asset path, file) of one PREFIX=FOLDER[:GLOB], and what its answer depends on."""
    prefix, _, folder = argument.partition('=')
    folder, _, pattern = folder.partition(':')
    folder = Path(folder)
    if not folder.is_dir():
        above = next(parent for parent in folder.absolute().parents if parent.is_dir())
        return [], [above]
    inside = [path for path in folder.glob(pattern or '**/*') if path.is_file()]
    folders = {folder, *(path for path in folder.glob('**/') if path.is_dir())}
    return [(f'{prefix}/{path.relative_to(folder).as_posix()}', path) for path in inside], folders


def compressed(path, content, digest, cache):
    """The files with the gzip and the brotli form, None where it saves too little."""
    forms = []
    for ending in ('.gz', '.br'):
        form = cache / (digest + ending)
        if not form.exists() and ending == '.gz':
            form.write_bytes(gzip.compress(content, 9, mtime=0))
        elif not form.exists():
            subprocess.run(['brotli', '-f', '-q', '11', '-o', form, path], check=True)
        forms.append(form if form.stat().st_size < 0.9 * len(content) else None)
    return forms


def bytes_of(symbol, path):
    """The assembler's lines for one file; a NUL that is not counted ends it."""
    name = str(Path(path).absolute()).replace('\\', '\\\\').replace('"', '\\"')
    lines = [f'.global {symbol}', f'.hidden {symbol}', '.balign 16', f'{symbol}:',
             f'.incbin \\"{name}\\"', '.byte 0']
    return (f'extern const unsigned char {symbol}[];\n__asm__(".pushsection .rodata\\n"\n'
            + ''.join(f'        "{line}\\n"\n' for line in lines) + '        ".popsection");\n')


def asset(number, name, path, cache):
    """The bytes and the row of one asset."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    forms = [path, None, None]
    if path.suffix in COMPRESSED:
        forms[1:] = compressed(path, content, digest, cache)
    blocks, cells = '', []
    for ending, form in zip(('bytes', 'gzip', 'brotli'), forms):
        if form is not None:
            symbol = f'asset_{number}_{ending}'
            blocks += bytes_of(symbol, form)
            length = 'length' if form is path else f'{ending}_length'
            cells.append(f'.{ending} = {symbol}, .{length} = {form.stat().st_size}')
    kind = TYPES.get(path.suffix, 'application/octet-stream')
    immutable = 'true' if HASHED_NAME.search(name) else 'false'
    return blocks, (f'    {{.path = "{name}", .type = "{kind}", .etag = "\\"{digest}\\"",\n'
                    f'     .immutable = {immutable}, {", ".join(cells)}}},\n')


def main():
    output, depfile, *arguments = sys.argv[1:]
    cache = Path(output).absolute().parent / 'compressed'
    cache.mkdir(exist_ok=True)
    found, depends = [], set()
    for argument in arguments:
        files, folders = files_of(argument)
        found += files
        depends.update(folders, (path for _, path in files))
    parts = [asset(number, name, path, cache) for number, (name, path) in enumerate(sorted(found))]
    text = ('// Written by tools/embed.py. Contract in asset.h.\n#include "core/asset.h"\n\n'
            + ''.join(blocks for blocks, _ in parts)
            + f'\nconst size_t asset_count = {len(parts)};\n\nconst struct asset assets[] = {{\n'
            + ''.join(row for _, row in parts) + '    {0},\n};\n')
    Path(output).write_text(text, encoding='utf-8')
    names = (os.path.abspath(path).replace(' ', '\\ ') for path in sorted(map(str, depends)))
    Path(depfile).write_text(f'{output}: {" ".join(names)}\n', encoding='utf-8')


main()
