#!/bin/bash
# Prints docs/operator/settings.md out of what the binary says of its settings:
#
#     tools/docs-settings.sh SOUK        `make docs` writes it, tools/check.sh compares it
#
# The table is src/app/config.h, printed by `souk config`, here without any variable set.
set -eu -o pipefail

cat <<'TEXT'
# Settings

Written by `make docs` from `souk config`; do not edit it by hand.

A setting is read once, at start: from its option on the command line, else from its environment
variable, else it has its default. An option is the variable's name without `SOUK_`, in small
letters with dashes: `souk serve --data-dir /srv/shop` is `SOUK_DATA_DIR=/srv/shop souk serve`. A
variable that is empty counts as not set. A value that is no number, or outside its bounds, ends the
start with a line that names the variable. `souk config` prints what is in force; of a setting that
is a secret it prints `(secret)`.

| variable | default | bounds | meaning |
| --- | --- | --- | --- |
TEXT
env -i "$(realpath "$1")" config | awk '
    /^SOUK_/ { variable = $0; sub(/=.*/, "", variable); next }
    {
        sub(/^ +/, "")
        number = match($0, / A number from /) > 0
        at = number ? RSTART : match($0, / Length /)
        meaning = substr($0, 1, at - 1)
        rest = substr($0, at + length(number ? " A number from " : " Length "))
        sub(/\.$/, "", rest)
        bounds = rest
        sub(/; default .*/, "", bounds)
        value = rest
        sub(/.*; default ?/, "", value)
        printf "| `%s` | %s | %s%s | %s |\n", variable, value == "" ? "" : "`" value "`",
            bounds, number ? "" : " bytes", meaning
    }'
