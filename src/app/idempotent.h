// Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the first reply is stored in the
// same transaction as its effect, and a replay gets the same bytes.
#ifndef SOUK_APP_IDEMPOTENT_H
#define SOUK_APP_IDEMPOTENT_H

#include "app/task.h"

// Reads the header of a write; ERR_INVALID when it is not 1 to 200 visible characters, or missing
// where the route needs one. Log-ins and the like ignore it: their replies are secrets.
CHECKED enum err idempotent_read_key(struct task *task);
// In the transaction of a write, before the handler: sets task->replayed when the key was used by
// the same request before; ERR_IDEMPOTENCY_MISMATCH when by another.
CHECKED enum err idempotent_begin(struct task *task);
// After the handler, with the rendered reply.
CHECKED enum err idempotent_store(struct task *task);
// For conductors, outside a transaction: waits for a twin in flight and replays its reply, or
// claims the key. A claim whose process died is taken over when its time is up: the conductor finds
// by rq->idempotency_key what it had done.
CHECKED enum err idempotent_claim(struct task *task);
// Stores the reply of a conductor. After an error of the world's the key is free again.
void idempotent_release(struct task *task, enum err err);

#endif
