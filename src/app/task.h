// A request on its way through the dispatcher. Only dispatch.c, idempotent.c and
// flight.c know it.
#ifndef SOUK_APP_TASK_H
#define SOUK_APP_TASK_H

#include "app/app.h"
#include "app/declare.h"
#include "app/flight.h"

// Lives in the exchange's arena; belongs to the loop, then a worker, then the database's writer.
struct task {
    struct pool_job job; // first: the pool hands it back
    struct db_job write;
    struct rq rq;
    const struct bound_route *bound;
    struct path_match match;
    void *in, *out;
    u64 generation; // of the reply cache, when the request came
    struct flight flight;
    struct task *next_waiting;

    // The reply of a success.
    int status;
    const char *type, *body;
    size_t length;

    // Idempotency-Key.
    const char *key, *scope;
    char request_hash[65];
    bool replayed; // the reply above is the stored one
};

// Sends and accounts for a reply; the task is gone afterwards.
void task_send(struct task *task, int status, const char *type, const char *body, size_t length);
void task_fail(struct task *task, enum err err);
void task_finish(struct task *task, enum err err);
// Makes status, type and body out of what the handler left.
void task_render(struct task *task);

#endif
