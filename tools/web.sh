#!/bin/bash
# Builds web/storefront and web/admin into their dist/ folders when a source is newer than the last
# build. tools/embed.py puts the result into the binary.
set -eu
cd "$(dirname "$0")/.."
[ -f web/package.json ] || exit 0
stamp=web/node_modules/.souk-built
if [ -f "$stamp" ] && [ -d web/storefront/dist ] && [ -d web/admin/dist ]; then
    sources=(web)
    [ ! -d api ] || sources+=(api) # the types come from api/openapi.json
    newer=$(find "${sources[@]}" -name node_modules -prune -o -name dist -prune -o \
        -newer "$stamp" -type f -print -quit)
    [ -n "$newer" ] || exit 0
fi
echo "building the web pages"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
(cd web && NO_COLOR=1 npm run build >"$log" 2>&1 </dev/null) || { tail -40 "$log" >&2; exit 1; }
grep -E 'gzip: +[0-9]{3}' "$log" || true # what is large
touch "$stamp"
