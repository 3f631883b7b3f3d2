// Opens the one listening socket, which worker processes inherit (net/supervisor.h).
#ifndef SOUK_NET_LISTEN_H
#define SOUK_NET_LISTEN_H

#include "core/base.h"

enum { LISTEN_ERROR_SIZE = 256 };

// Listens on "host:port", "[v6]:port" or ":port" (all addresses); port 0 picks a free one.
// Non-blocking, closed on exec, SO_REUSEADDR, TCP_NODELAY. An address in use is tried again for
// half a second, as a shop that was killed may take a moment to let go. On failure -1 and one
// sentence in `error`.
CHECKED int listen_open(const char *address, char error[LISTEN_ERROR_SIZE]);
// The port of a listening socket.
u16 listen_port(int listener);

#endif
