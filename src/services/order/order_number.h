// The numbers that people call orders by: S-10001 and on.
#ifndef SOUK_SERVICES_ORDER_NUMBER_H
#define SOUK_SERVICES_ORDER_NUMBER_H

#include "app/rq.h"

enum { ORDER_NUMBERS_SKIP_MOST = 1000000 };

// The next number, in the transaction that stores the order; *number lives in rq's arena. On SQLite
// that makes numbers without gaps. On PostgreSQL nobody waits for the orders before, and one that
// is not stored leaves a gap.
CHECKED enum err order_number_next(struct rq *rq, const char **number);

// Leaves out the next `count` numbers, at most ORDER_NUMBERS_SKIP_MOST, in a transaction of its
// own; *last is the last one that was given or left out.
CHECKED enum err order_number_skip(struct rq *rq, i64 count, i64 *last);

#endif
