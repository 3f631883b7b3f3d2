#!/bin/bash
# Serves a shop with the binary given, after making one with the demo catalogue in ./data (or
# SOUK_DATA_DIR) when there is none. What it calls is described by `souk help`.
set -eu
souk=$1
data=${SOUK_DATA_DIR:-./data}
listen=${SOUK_LISTEN:-127.0.0.1:30080}
if [ ! -e "$data" ]; then
    # made beside and moved, so that half a shop is never taken for one
    rm -rf "$data.new"
    echo "making a shop with a demo catalogue in $data"
    SOUK_DATA_DIR=$data.new "$souk" seed
    login=$(SOUK_DATA_DIR=$data.new "$souk" admin admin@example.com)
    mv "$data.new" "$data"
fi
cat <<TEXT

  shop        http://localhost:${listen##*:}
  dashboard   http://localhost:${listen##*:}/admin
  staff       ${login:-\`$souk admin EMAIL\` makes an account or a new password}

TEXT
export SOUK_DATA_DIR=$data
exec "$souk" serve
