#!/bin/bash
# Serves a shop with the binary given, after making one with the demo catalogue in ./data (or
# SOUK_DATA_DIR) when there is none. What it calls is described by `souk help`.
set -eu
souk=$1
data=${SOUK_DATA_DIR:-data}
if [ ! -e "$data" ]; then
    "$souk" seed
fi
exec "$souk" serve
