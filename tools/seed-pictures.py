#!/usr/bin/env python3
# Writes the SVGs of the demo catalogue; what they show is in seed/pictures. tools/seed-pictures.sh
# makes WebP of them.
"""seed-pictures.py OUTDIR [NAME...]   write OUTDIR/NAME.svg (all names when none is given)
seed-pictures.py --list               print the names

A file that would not change is left alone, so that what depends on it by time stays built.
"""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "seed" / "pictures"))
from scenes import PICTURES  # noqa: E402


def main(args):
    if args == ["--list"]:
        print("\n".join(sorted(PICTURES)))
        return 0
    if not args or args[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    out, names = pathlib.Path(args[0]), args[1:] or sorted(PICTURES)
    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        print(f"seed-pictures: no picture is called {', '.join(unknown)}", file=sys.stderr)
        return 1
    out.mkdir(parents=True, exist_ok=True)
    for name in names:
        path, svg = out / f"{name}.svg", PICTURES[name]()
        if not path.exists() or path.read_text(encoding="utf-8") != svg:
            path.write_text(svg, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
