// The caches of a process: L1, ready replies (reply_cache.h), and Memcached (data/cache.h), which
// the processes of the shop share. Which is asked for what stands in docs/operator/caches.md.
#ifndef SOUK_APP_CACHES_H
#define SOUK_APP_CACHES_H

#include "core/buf.h"
#include "core/err.h"
#include "core/problem.h"

struct app;

CHECKED enum err caches_open(struct app *app, struct problem *problem);
// Starts to listen for what other processes changed, and drops the replies that it may be in.
void caches_listen(struct app *app);
void caches_close(struct app *app);
// Tells readiness which nodes of Memcached answer, as its listeners know.
void caches_look(struct app *app);
// Prometheus' text: what was asked of each cache and what it said, sizes, seconds to live.
void caches_write_metrics(const struct app *app, struct buf *out);

#endif
