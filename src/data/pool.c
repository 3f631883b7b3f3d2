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
#include <time.h>

void pool_init(struct pool *pool)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->returned, &attributes);
    pthread_condattr_destroy(&attributes);
    pool->idle = NULL;
}

void pool_release(struct pool *pool)
{
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->returned);
}

static struct timespec after_ms(i64 ms)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    i64 ns = at.tv_nsec + ms % 1000 * 1000000;
    at.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    at.tv_nsec = (long)(ns % 1000000000);
    return at;
}

struct pooled *pool_borrow(struct pool *pool, i64 wait_ms)
{
    pthread_mutex_lock(&pool->lock);
    if (pool->idle == NULL) {
        struct timespec until = after_ms(wait_ms);
        for (int waited = 0; pool->idle == NULL && waited != ETIMEDOUT;)
            waited = pthread_cond_timedwait(&pool->returned, &pool->lock, &until);
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
