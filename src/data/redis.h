// A Redis Cluster: commands about one key go to the node that has its slot.
//
//     err = redis_open(&settings, &redis, problem);   // never fails because nobody answers
//     const char *words[] = {"GET", "souk:cart:{7}"};
//     struct redis_command get = {.words = words, .count = 2, .key = 1};
//     if (redis_ask(redis, &get, rq_left_ms(rq), rq->arena, &reply) == ERR_OK)
//         use(reply.text, reply.length);   // NULL: there is no such key
//
// hiredis speaks to one server; slots, MOVED, ASK and failover are here, after the cluster
// specification (redis.io/docs/reference/cluster-spec). A thread of its own keeps the map of slots:
// it asks for it at start, now and then, and at once when a command was sent on or not answered. A
// server without cluster has all slots.
//
// Whoever asks must be able to go on without an answer: it comes within REDIS_WAIT_MS and within
// the caller's time, or ERR_UNAVAILABLE does. A node that failed several times in a row is left
// alone (its breaker is open) and costs nothing until that thread has reached it again.
//
// A command may be sent twice, when the connection broke under it: only what can be repeated is
// asked. Thread-safe. Writes to a connection that is gone must not end the process: opening ignores
// SIGPIPE.
#ifndef SOUK_DATA_REDIS_H
#define SOUK_DATA_REDIS_H

#include "core/arena.h"
#include "core/err.h"
#include "core/problem.h"

enum { REDIS_WAIT_MS = 150, REDIS_SLOTS = 16384, REDIS_SECONDS_BUCKETS = 8 };

struct redis;

// Opens a cluster by some of its nodes: "redis://[:PASSWORD@]HOST:PORT" with commas, the password
// being that of all. ERR_INVALID says in `problem` what is wrong with the text. Waits a moment for
// the first map; the nodes need not be there. The caller closes.
CHECKED enum err redis_open(const char *urls, struct redis **out, struct problem *problem);
// NULL is allowed. Nobody may be asking.
void redis_close(struct redis *redis);

struct redis_command {
    const char *const *words;
    const size_t *lengths; // NULL: all are texts
    int count;
    int key; // which word it is
};

struct redis_reply {
    const char *text; // in the arena, with a NUL after it; NULL: nothing, or a number
    size_t length;
    i64 number;
};

// ERR_UNAVAILABLE when there was no answer, or one that is an error of Redis (logged, at most once
// a second).
CHECKED enum err redis_ask(struct redis *redis, const struct redis_command *command, i64 left_ms,
                           struct arena *arena, struct redis_reply *out);

// CRC16 (XMODEM) of the hash tag, or of the whole key, modulo REDIS_SLOTS.
int redis_slot(const char *key, size_t length);

struct redis_counts {
    i64 commands, failures; // failures: without an answer, those not sent included
    i64 moved, asked;       // sent on: MOVED, ASK
    i64 nodes, left_alone;  // known masters; those whose breaker is open
    i64 slots;              // that have a node
    i64 seconds[REDIS_SECONDS_BUCKETS + 1], sum_us; // how long answered commands took
};
extern const i64 redis_seconds_us[REDIS_SECONDS_BUCKETS]; // upper bounds of the buckets
void redis_count(struct redis *redis, struct redis_counts *out);

// Asks every master whether it is there, one after the other and each for REDIS_WAIT_MS at most.
// How many do not answer; those that are left alone are counted without being asked.
i64 redis_probe(struct redis *redis);

#endif
