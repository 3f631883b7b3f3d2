#!/bin/bash
# Serves a shop with the binary given, after making one with the demo catalogue in ./data (or
# SOUK_DATA_DIR) when there is none. What it calls is described by `souk help`.
set -eu
souk=$1
data=${SOUK_DATA_DIR:-./data}
listen=${SOUK_LISTEN:-127.0.0.1:30080}
port=${listen##*:}
# People read along: what went as it should is not news.
export SOUK_LOG_LEVEL=${SOUK_LOG_LEVEL:-warn} SOUK_ACCESS_LOG=${SOUK_ACCESS_LOG:-0}
# A session belongs to the name it began under: links in mails lead where the shop was opened.
export SOUK_PUBLIC_URL=${SOUK_PUBLIC_URL:-http://localhost:$port}
if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "souk: port $port is taken: end what listens there, or choose another port:" >&2
    echo "      SOUK_LISTEN=127.0.0.1:$((port + 1)) make run" >&2
    exit 1
fi
if [ ! -e "$data" ]; then
    # made beside and moved, so that half a shop is never taken for one
    rm -rf "$data.new"
    echo "making a shop with a demo catalogue in $data, which takes some seconds"
    SOUK_DATA_DIR=$data.new "$souk" seed
    login=$(SOUK_DATA_DIR=$data.new "$souk" admin admin@example.com)
    mv "$data.new" "$data"
fi
cat <<TEXT

  shop        http://localhost:$port
  dashboard   http://localhost:$port/admin
  staff       ${login:-\`$souk admin EMAIL\` makes an account or a new password}
  stop        Ctrl-C; make run starts it again with the same data

TEXT
export SOUK_DATA_DIR=$data
exec "$souk" serve
