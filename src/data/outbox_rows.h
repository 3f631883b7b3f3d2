// What outbox.c (rows) and outbox_dispatch.c (threads) share.
#ifndef SOUK_DATA_OUTBOX_ROWS_H
#define SOUK_DATA_OUTBOX_ROWS_H

#include "data/outbox.h"

enum { OUTBOX_BATCH = 4 }; // claimed at once; few, so that threads share what is slow

struct outbox_batch {
    struct arena *arena;
    i64 lease_ms;
    bool told; // something was added
    struct outbox_event_list events;
    i64 next_at; // when something is due; INT64_MAX: nothing is
    i64 now_ms;
};

// failed: with next_at or set_aside_at and last_error of the event.
enum outbox_outcome { OUTBOX_DONE, OUTBOX_FAILED, OUTBOX_GIVEN_BACK };

// NULL when this program has none of that name.
const struct outbox_consumer *outbox_consumer_find(const char *name);
// Fills events with what is due, oldest first, and next_at when there is none.
CHECKED enum err outbox_claim_due(struct db *db, struct outbox_batch *batch);
CHECKED enum err outbox_finish(struct db *db, enum outbox_outcome outcome,
                               const struct outbox_event *event);

#endif
