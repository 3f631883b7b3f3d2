// Requests that wait for another one's answer. Contract in flight.h.
//
// A flight lives in its leader's task, so nothing is allocated and nothing can be full: there are
// at most as many who wait as there are connections. One lock is enough, as it is taken for misses
// only, which cost a thousand times as much.
#include "app/flight.h"

#include <pthread.h>
#include <string.h>

#include "app/task.h"
#include "core/str.h"

enum { BUCKETS = 256 };

struct flights {
    pthread_mutex_t lock;
    struct flight *buckets[BUCKETS];
};

struct flights *flights_new(struct arena *arena)
{
    struct flights *flights = ARENA_NEW(arena, struct flights);
    pthread_mutex_init(&flights->lock, NULL);
    return flights;
}

void flights_free(struct flights *flights)
{
    if (flights != NULL)
        pthread_mutex_destroy(&flights->lock);
}

static struct flight **bucket_of(struct flights *flights, const char *key)
{
    u64 hash = str_hash(STR_HASH, key);
    return &flights->buckets[(hash ^ hash >> 31) % BUCKETS];
}

bool flights_join(struct flights *flights, struct task *task, const char *key, u64 generation)
{
    struct flight **bucket = bucket_of(flights, key);
    pthread_mutex_lock(&flights->lock);
    struct flight *flight = *bucket;
    while (flight != NULL && (flight->generation != generation || strcmp(flight->key, key) != 0))
        flight = flight->next;
    if (flight != NULL) {
        task->next_waiting = flight->waiting;
        flight->waiting = task;
    } else {
        task->flight = (struct flight){.next = *bucket, .key = key, .generation = generation};
        *bucket = &task->flight;
    }
    pthread_mutex_unlock(&flights->lock);
    return flight != NULL;
}

struct task *flights_land(struct flights *flights, struct task *task)
{
    if (task->flight.key == NULL)
        return NULL;
    struct flight **at = bucket_of(flights, task->flight.key);
    pthread_mutex_lock(&flights->lock);
    while (*at != &task->flight)
        at = &(*at)->next;
    *at = task->flight.next;
    struct task *waiting = task->flight.waiting;
    task->flight = (struct flight){0};
    pthread_mutex_unlock(&flights->lock);
    return waiting;
}
