// A bounded pool: whoever borrows gets the entry that came back last, so that few of them stay warm
// and the others are never opened. Entries are embedded in what is pooled, as its first member.
#ifndef SOUK_DATA_POOL_H
#define SOUK_DATA_POOL_H

#include <pthread.h>

#include "core/base.h"

struct pooled {
    struct pooled *next;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct pooled *idle;
};

void pool_init(struct pool *pool);
void pool_release(struct pool *pool);
// Waits at most so long; NULL when none came back.
struct pooled *pool_borrow(struct pool *pool, i64 wait_ms);
void pool_return(struct pool *pool, struct pooled *entry);

#endif
