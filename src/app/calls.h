// Who asks whom over the network when the services are apart: what network policies have to allow,
// and nothing else.
#ifndef SOUK_APP_CALLS_H
#define SOUK_APP_CALLS_H

#include "app/router.h"

// `from` is a service or "gateway"; `to` a service or another server ("database"); `why` the call's
// handler, the event's topic or the setting's variable.
struct call_edge {
    const char *from, *to, *why;
};
struct calls {
    size_t count;
    struct call_edge *items; // sorted, each once
};

struct calls calls_of(struct arena *arena, const struct router *router);

#endif
