// Token buckets. Contract in rate_limit.h.
//
// A fixed table, so that nobody can make the shop spend memory by coming from many addresses: a
// hash picks four neighbouring buckets, and an address that finds none of its own takes the
// stalest. Where all four are in use it shares one, which is unfair to two addresses in thousands
// and safe.
#include "app/rate_limit.h"

#include <pthread.h>

#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"

enum { SLOTS = 1 << 14, LOCKS = 64, PROBES = 4 };

struct bucket {
    u64 hash;
    i64 at_ms;       // when `tokens` was true
    i64 thousandths; // tokens * 1000
};

struct rate_limit {
    i64 a_minute;
    u64 salt; // addresses cannot be chosen to collide
    pthread_mutex_t locks[LOCKS];
    struct bucket buckets[SLOTS];
};

struct rate_limit *rate_limit_new(struct arena *arena, i64 a_minute)
{
    struct rate_limit *limit = ARENA_NEW(arena, struct rate_limit);
    limit->a_minute = a_minute;
    random_bytes(&limit->salt, sizeof limit->salt);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&limit->locks[i], NULL);
    return limit;
}

// Never 0.
static u64 hash_of(u64 salt, const char *text)
{
    u64 hash = str_hash(STR_HASH ^ salt, text);
    return (hash ^ hash >> 29) | 1;
}

// The address' own bucket, or the stalest of its neighbourhood.
static struct bucket *bucket_of(struct rate_limit *limit, u64 hash, i64 now_ms)
{
    // The lowest bit of the hash is always set (hash_of), so the position is taken from higher
    // ones.
    struct bucket *first = &limit->buckets[(hash >> 8) % SLOTS / PROBES * PROBES];
    struct bucket *stalest = first;
    for (int i = 0; i < PROBES; i++) {
        if (first[i].hash == hash)
            return &first[i];
        if (first[i].at_ms < stalest->at_ms)
            stalest = &first[i];
    }
    bool in_use = stalest->hash != 0 && now_ms - stalest->at_ms < MINUTE_MS;
    if (!in_use)
        *stalest = (struct bucket){hash, now_ms, limit->a_minute * 1000};
    return stalest;
}

i64 rate_limit_take(struct rate_limit *limit, const char *address, i64 now_ms)
{
    u64 hash = hash_of(limit->salt, address);
    // A neighbourhood never crosses the stretch of the table that one lock covers.
    pthread_mutex_t *lock = &limit->locks[(hash >> 8) % SLOTS / (SLOTS / LOCKS)];
    pthread_mutex_lock(lock);
    struct bucket *bucket = bucket_of(limit, hash, now_ms);
    i64 full = limit->a_minute * 1000;
    i64 refill = (now_ms - bucket->at_ms) * limit->a_minute / 60;
    bucket->thousandths = min_i64(full, bucket->thousandths + refill);
    // Otherwise the time that was not yet worth a thousandth of a token would be thrown away at
    // every request, and a fast client would never get one.
    if (refill > 0)
        bucket->at_ms = now_ms;
    i64 wait_s = 0;
    if (bucket->thousandths >= 1000)
        bucket->thousandths -= 1000;
    else
        wait_s = 1 + (1000 - bucket->thousandths) * 60 / (limit->a_minute * 1000);
    pthread_mutex_unlock(lock);
    return wait_s;
}
