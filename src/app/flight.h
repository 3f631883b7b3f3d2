// One flight a key: of the requests that miss the same reply in L1 at once, one is worked on; the
// others wait where they are, without a thread, and get its answer.
//
// Keyed by the reply's key and the generation of its tag: a request that came after a change does
// not wait for one that may have read before it.
#ifndef SOUK_APP_FLIGHT_H
#define SOUK_APP_FLIGHT_H

#include "core/arena.h"

struct task;
struct flights;

// In the task that leads it.
struct flight {
    struct flight *next;
    const char *key; // NULL: the task leads none
    u64 generation;
    struct task *waiting;
};

struct flights *flights_new(struct arena *arena);
void flights_free(struct flights *flights);
// True when the task waits from now on: whoever leads will take it over. False when it leads, and
// must land.
bool flights_join(struct flights *flights, struct task *task, const char *key, u64 generation);
// Ends the flight that the task leads, if any, and gives the tasks that waited, linked by their
// `next_waiting`.
struct task *flights_land(struct flights *flights, struct task *task);

#endif
