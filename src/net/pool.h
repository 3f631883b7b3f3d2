// Worker threads behind a bounded queue in classes. The loops that feed them live in net/http.h.
//
// A worker always takes the highest class that waits. When the oldest job of a class has waited
// longer than the class's target, newcomers of that class and below are refused until the queue has
// caught up (the age of the head of the queue is CoDel's signal, RFC 8289); when the queue is full,
// a newcomer takes the place of the newest job of a lower class. So checkout stays fast and the
// rest is told early.
//
// The queue's order is not all: jobs that run share the processors. With low_threads the low
// classes have workers of their own, to which the system gives a processor after the others (nice),
// and those of the high classes run nothing else: whoever buys finds a worker free, and few beside
// him.
//
// A job is a struct that the caller embeds in its own and keeps alive until
// `run` or `refused` is called; both are the last time that the pool touches it.
//
//     struct report { struct pool_job job; ... };
//     report->job = (struct pool_job){.run = report_run, .refused = report_refused};
//     if (!pool_submit(pool, POOL_BACKGROUND, &report->job))
//         answer_busy(report);
#ifndef SOUK_NET_POOL_H
#define SOUK_NET_POOL_H

#include "core/base.h"

// The low classes begin with POOL_BROWSING.
enum pool_class { POOL_CHECKOUT, POOL_CART, POOL_BROWSING, POOL_BACKGROUND, POOL_CLASSES };

struct pool_job {
    void (*run)(struct pool_job *job); // on a worker
    // For a job that was taken and will not be run: thrown out by a higher class (on the thread
    // that submits that one), or stale (on a worker). NULL: such a job is neither thrown out nor
    // stale.
    void (*refused)(struct pool_job *job);
    struct pool_job *older, *newer; // the pool's own, with all below
    i64 submitted_us;
};

// What is 0 gets its default, given at the right.
struct pool_settings {
    int threads;      // 16
    int low_threads;  // 0: all run everything; else so many of them run low classes alone
    size_t queue_max; // 1024 waiting jobs, all classes together
    i64 target_ms[POOL_CLASSES]; // 1500, 500, 200, 1000: wait of the oldest before newcomers are
                                 // refused
    i64 stale_ms[POOL_CLASSES];  // 0 = never: a job that waited longer is refused instead of run
    void (*thread_end)(void);    // called by each worker before it ends; NULL: nothing
};

struct pool_counts {
    u64 done[POOL_CLASSES], refused[POOL_CLASSES];
    u64 wait_us[POOL_CLASSES]; // summed over the jobs that were run
    size_t queued[POOL_CLASSES];
    int running, threads;
};

struct pool;

// Starts the threads (with all signals blocked). Aborts when the system has none.
struct pool *pool_new(const struct pool_settings *settings);
// Takes a job, or returns false at once: it is refused, and neither `run` nor `refused` is called.
// Thread-safe, never blocks for long.
CHECKED bool pool_submit(struct pool *pool, enum pool_class class, struct pool_job *job);
void pool_counts(struct pool *pool, struct pool_counts *counts);
// Runs what is queued, ends the threads and frees the pool. pool_submit must not be called any
// more.
void pool_free(struct pool *pool);

#endif
