// The pool of connections. Contract in pool.h.
//
// A stack: the entry that came back last is lent first. Its statements are prepared and its pages
// are in the cache; those at the bottom are opened only when so many are needed at once.
//
// There is no queue among those who wait: pthread_cond_signal wakes one of them, not surely the
// first. All wait at most wait_ms, and work under a millisecond, so turns have not been worth their
// cost.
#include "data/pool.h"

#include <errno.h>

#include "core/time.h"

void pool_init(struct pool *pool)
{
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->returned, NULL);
    pool->idle = NULL;
}

void pool_release(struct pool *pool)
{
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->returned);
}

struct pooled *pool_borrow(struct pool *pool, i64 wait_ms)
{
    pthread_mutex_lock(&pool->lock);
    if (pool->idle == NULL) {
        struct timespec until = monotonic_after(wait_ms);
        for (int waited = 0; pool->idle == NULL && waited != ETIMEDOUT;)
            waited = pthread_cond_clockwait(&pool->returned, &pool->lock, CLOCK_MONOTONIC, &until);
    }
    struct pooled *entry = pool->idle;
    if (entry != NULL)
        pool->idle = entry->next;
    pthread_mutex_unlock(&pool->lock);
    return entry;
}

void pool_return(struct pool *pool, struct pooled *entry)
{
    pthread_mutex_lock(&pool->lock);
    entry->next = pool->idle;
    pool->idle = entry;
    pthread_cond_signal(&pool->returned);
    pthread_mutex_unlock(&pool->lock);
}
