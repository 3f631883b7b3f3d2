#!/bin/sh
# Makes OUTDIR/NAME.webp of every picture of the demo catalogue, drawn by tools/seed-pictures.py.
# Needs python3, rsvg-convert (librsvg2-bin) and cwebp (webp). Only what changed is made again, one
# picture a processor at a time.
set -eu

[ $# -eq 1 ] || { echo "usage: seed-pictures.sh OUTDIR" >&2; exit 2; }
for program in python3 rsvg-convert cwebp; do
    command -v "$program" >/dev/null ||
        { echo "seed-pictures: $program is not installed" >&2; exit 1; }
done
tools=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
svg=$out/.svg

python3 "$tools/seed-pictures.py" "$svg"
for path in "$svg"/*.svg "$out"/*.webp; do # a picture that is no longer drawn goes away
    [ -e "$path" ] || continue
    name=$(basename "${path%.*}")
    echo "$name $path"
done | sort >"$svg/made"
python3 "$tools/seed-pictures.py" --list | sort | join -v 2 - "$svg/made" |
    while read -r _ path; do rm -f "$path"; done

export svg out
for path in "$svg"/*.svg; do
    name=$(basename "$path" .svg)
    [ "$out/$name.webp" -nt "$path" ] || echo "$path"
done >"$svg/stale"
[ ! -s "$svg/stale" ] || echo "drawing $(wc -l <"$svg/stale") pictures"
# shellcheck disable=SC2016
xargs -a "$svg/stale" -P "$(nproc)" -I '{}' sh -ec '
    name=$(basename "$1" .svg)
    trap "rm -f \"$svg/$name.png\" \"$svg/$name.tmp\"" EXIT
    rsvg-convert "$1" -o "$svg/$name.png"
    for quality in 80 58; do # knitted and woven things need the second try to stay small
        cwebp -quiet -m 4 -q $quality "$svg/$name.png" -o "$svg/$name.tmp"
        [ "$(wc -c <"$svg/$name.tmp")" -gt 36000 ] || break
    done
    mv "$svg/$name.tmp" "$out/$name.webp"
' sh '{}'
