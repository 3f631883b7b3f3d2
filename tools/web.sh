#!/bin/bash
# Builds web/storefront and web/admin into their dist/ folders when a source is newer than the last
# build. tools/embed.py puts the result into the binary.
set -eu
cd "$(dirname "$0")/.."
[ -f web/package.json ] || exit 0
stamp=web/node_modules/.souk-built
if [ -f "$stamp" ] && [ -d web/storefront/dist ] && [ -d web/admin/dist ]; then
    newer=$(find web api -name node_modules -prune -o -name dist -prune -o \
        -newer "$stamp" -type f -print -quit)
    [ -n "$newer" ] || exit 0
fi
(cd web && npm run --silent build </dev/null)
touch "$stamp"
