// What this process can really do: what it depends on, how each of these is, and since when.
//
// Whoever looks after a dependency tells how it is, every READINESS_EVERY_MS, from a job of its
// own; the table is what /readyz shows. It is told by name, so a service may add what it needs:
//
//     static enum err look(struct rq *rq)
//     {
//         enum err err = ask_it(rq);
//         readiness_tell(rq->app, "bank", false, err == ERR_OK, err_code(err));
//         return ERR_OK;
//     }
//     JOB(ready_bank, READINESS_EVERY_MS, look);
//
// One that was not heard of for READINESS_STALE_MS is not well: who looks after it hangs.
#ifndef SOUK_APP_READINESS_H
#define SOUK_APP_READINESS_H

#include "app/rq.h"

enum { READINESS_EVERY_MS = 1000, READINESS_STALE_MS = 5000, READINESS_MAX = 128 };
enum { READINESS_NAME = 80, READINESS_DETAIL = 160 }; // bytes, with the NUL

struct buf;
struct readiness;

struct readiness *readiness_new(struct arena *arena);
// `needed`: without it this process serves nothing at all. `detail` says why it is not up; NULL: no
// more is known. Both are copied, and cut at their sizes. Thread-safe. Those beyond READINESS_MAX
// are not shown.
void readiness_tell(struct app *app, const char *name, bool needed, bool up, const char *detail);
// Of what this process serves nothing without until it has done it once: it is away until
// readiness_tell says otherwise. Nothing is logged, for commands that serve nothing say so as well.
void readiness_await(struct app *app, const char *name, const char *detail);
// Prometheus' text: which are up.
void readiness_write_metrics(struct app *app, struct buf *out);

#endif
