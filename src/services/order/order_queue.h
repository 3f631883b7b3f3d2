// Orders that wait for their turn: accepted with 202 while checkout is too slow, and taken to their
// end in the background, first come, first served. README.md says what holds.
#ifndef SOUK_SERVICES_ORDER_QUEUE_H
#define SOUK_SERVICES_ORDER_QUEUE_H

#include "services/order/order_row.h"

enum { ORDER_QUEUE_MAX = 20000 }; // orders that wait; beyond that they are refused

// The queue as it was seen; with `last` 0 nobody waits.
#define QUEUE_ENDS(F, S)                                                                           \
    F(S, i64, first, .optional = true, .doc = "Position of who has waited longest.")               \
    F(S, i64, last, .optional = true, .doc = "Position of who came last.")
SHAPE(queue_ends, QUEUE_ENDS);

// Whether an order that begins now has to wait for its turn: others do, or this request waited too
// long for a thread, or too many threads are kept too long.
CHECKED enum err order_queue_wanted(struct rq *rq, struct queue_ends *seen, bool *wanted);
// In the transaction of rq, for an order just written without a lease: puts it at the end, and
// stores the answer 202 in it. ERR_BUSY: the queue is full.
CHECKED enum err order_queue_join(struct rq *rq, const struct queue_ends *seen,
                                  struct order_row *order);
// Where an order is in the queue, counted from 1; 0: it does not wait. In a snapshot or
// transaction.
CHECKED enum err order_queue_position(struct rq *rq, const struct uuid *id, i64 *position);

// Around the work on an order that a request waits for; returns what the second one is given.
size_t order_hand_take(struct rq *rq);
void order_hand_leave(struct rq *rq, size_t hand);

#endif
