// Worker threads over bounded queues. Contract in pool.h.
//
// One lock guards the queues, the list of idle workers and the counts; it is held for a few
// pointers, never while a job runs. A condition variable for each worker, instead of one for all,
// lets us choose who wakes (the last to fall asleep) and wakes nobody in vain.
//
// Wake-ups go in a chain: a submitter wakes a worker only when none is on its way already
// (`waking`); that one, having taken its job, wakes the next if more is queued. A burst of
// submissions therefore costs one system call on the loop's thread, not one a job, and no job is
// left lying: whoever takes from the queue looks whether more is there.
#include "net/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/time.h"

enum { HIGH, LOW, GROUPS };
// Of low workers: a third of the time that others get when both want a processor. Much less would
// starve browsing on a machine with other work.
enum { LOW_NICE = 5 };

struct queue {
    struct pool_job *oldest, *newest;
    size_t length;
};

// Workers that run the same classes.
struct group {
    enum pool_class first, last;
    struct worker *idle; // who became idle last is woken first: its stack is still in the cache
    bool waking;         // one is on its way to the queue, and will wake the next if there is more
};

struct worker {
    struct pool *pool;
    struct group *group;
    pthread_t thread;
    pthread_cond_t wake;
    struct worker *next_idle;
    bool idle;
};

struct pool {
    pthread_mutex_t lock;
    struct pool_settings settings;
    struct queue queues[POOL_CLASSES];
    size_t queued;
    struct group groups[GROUPS]; // HIGH has all classes when there are no low workers
    bool stopping;
    struct pool_counts counts;
    struct worker workers[];
};

static void queue_push(struct queue *queue, struct pool_job *job)
{
    job->newer = NULL;
    job->older = queue->newest;
    *(queue->newest != NULL ? &queue->newest->newer : &queue->oldest) = job;
    queue->newest = job;
    queue->length++;
}

static void queue_remove(struct queue *queue, struct pool_job *job)
{
    *(job->older != NULL ? &job->older->newer : &queue->oldest) = job->newer;
    *(job->newer != NULL ? &job->newer->older : &queue->newest) = job->older;
    queue->length--;
}

// True when the oldest job of the class, or of a higher one, has waited longer than it should.
// Higher classes count too: while checkouts wait, taking on reports makes it worse. The age of the
// head is what matters, not the length of the queue, which says little when jobs differ by a factor
// of a hundred.
static bool behind(const struct pool *pool, enum pool_class class, i64 now_us)
{
    for (size_t i = 0; i <= (size_t) class; i++) {
        const struct pool_job *oldest = pool->queues[i].oldest;
        if (oldest != NULL && now_us - oldest->submitted_us > pool->settings.target_ms[i] * 1000)
            return true;
    }
    return false;
}

// Takes the newest job below the class out of a full queue, NULL when there is none.
// The newest, because it has waited least and its client is the most likely to try again; of the
// lowest class first.
static struct pool_job *throw_out(struct pool *pool, enum pool_class class)
{
    for (size_t i = POOL_CLASSES - 1; i > (size_t) class; i--) {
        struct pool_job *job = pool->queues[i].newest;
        while (job != NULL && job->refused == NULL)
            job = job->older;
        if (job == NULL)
            continue;
        queue_remove(&pool->queues[i], job);
        pool->queued--;
        pool->counts.refused[i]++;
        return job;
    }
    return NULL;
}

static bool waits(const struct pool *pool, const struct group *group)
{
    for (size_t i = group->first; i <= (size_t)group->last; i++)
        if (pool->queues[i].oldest != NULL)
            return true;
    return false;
}

// With the lock held: the worker of the group to wake, NULL when none need be.
static struct worker *next_to_wake(struct pool *pool, struct group *group)
{
    struct worker *worker = group->idle;
    if (worker == NULL || group->waking || !waits(pool, group))
        return NULL;
    group->idle = worker->next_idle;
    group->waking = true;
    worker->idle = false;
    return worker;
}

// Without the lock, which the woken one wants first of all.
static void unlock_and_wake(struct pool *pool)
{
    struct worker *woken[GROUPS];
    for (size_t i = 0; i < GROUPS; i++)
        woken[i] = next_to_wake(pool, &pool->groups[i]);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < GROUPS; i++)
        if (woken[i] != NULL)
            pthread_cond_signal(&woken[i]->wake);
}

// With the lock held. `thrown_out` is told by the caller, without it.
static bool take(struct pool *pool, enum pool_class class, struct pool_job *job,
                 struct pool_job **thrown_out)
{
    job->submitted_us = monotonic_us();
    bool full = pool->queued >= pool->settings.queue_max;
    bool refused = behind(pool, class, job->submitted_us);
    if (!refused && full)
        refused = (*thrown_out = throw_out(pool, class)) == NULL;
    if (refused) {
        pool->counts.refused[class]++;
        return false;
    }
    queue_push(&pool->queues[class], job);
    pool->queued++;
    return true;
}

bool pool_submit(struct pool *pool, enum pool_class class, struct pool_job *job)
{
    struct pool_job *thrown_out = NULL;
    assert(class < POOL_CLASSES && job->run != NULL);
    pthread_mutex_lock(&pool->lock);
    assert(!pool->stopping);
    bool taken = take(pool, class, job, &thrown_out);
    unlock_and_wake(pool);
    // Without the lock: it writes a reply, and might submit.
    if (thrown_out != NULL)
        thrown_out->refused(thrown_out);
    return taken;
}

// With the lock held: the oldest job of the group's highest class; *stale when it waited too long
// to be run.
static struct pool_job *next_job(struct pool *pool, const struct group *group, bool *stale)
{
    for (size_t i = group->first; i <= (size_t)group->last; i++) {
        struct pool_job *job = pool->queues[i].oldest;
        if (job == NULL)
            continue;
        // Read before `run`, after which the job may be gone.
        i64 wait_us = monotonic_us() - job->submitted_us, stale_ms = pool->settings.stale_ms[i];
        queue_remove(&pool->queues[i], job);
        pool->queued--;
        *stale = stale_ms > 0 && wait_us > stale_ms * 1000 && job->refused != NULL;
        pool->counts.wait_us[i] += *stale ? 0 : (u64)wait_us;
        *(*stale ? &pool->counts.refused[i] : &pool->counts.done[i]) += 1;
        return job;
    }
    return NULL;
}

static void run_unlocked(struct pool *pool, struct pool_job *job, bool stale)
{
    pool->counts.running++;
    unlock_and_wake(pool);
    if (stale)
        job->refused(job);
    else
        job->run(job);
    pthread_mutex_lock(&pool->lock);
    pool->counts.running--;
}

static void sleep_until_woken(struct worker *worker)
{
    struct pool *pool = worker->pool;
    worker->idle = true;
    worker->next_idle = worker->group->idle;
    worker->group->idle = worker;
    // `idle` and not the signal is what counts: condition variables wake without one.
    while (worker->idle)
        pthread_cond_wait(&worker->wake, &pool->lock);
    worker->group->waking = false;
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    // Of this thread alone, and added to what the program was started with. It may always be
    // raised, and not be lowered again: so it is a thread's for life, and not a job's.
    errno = 0;
    if (worker->group == &pool->groups[LOW] && nice(LOW_NICE) == -1 && errno != 0)
        log_line(LOG_WARN, "pool", "browsing has no lower priority: %s", strerror(errno));
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        bool stale;
        struct pool_job *job = next_job(pool, worker->group, &stale);
        if (job != NULL)
            run_unlocked(pool, job, stale);
        else if (pool->stopping)
            break;
        else
            sleep_until_woken(worker);
    }
    pthread_mutex_unlock(&pool->lock);
    if (pool->settings.thread_end != NULL)
        pool->settings.thread_end();
    return NULL;
}

static void start_workers(struct pool *pool)
{
    sigset_t all, before;
    // Signals are for the thread of the first loop (http_server.c); a worker would be interrupted
    // in the middle of a write.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (int i = 0; i < pool->settings.threads; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        worker->group = &pool->groups[i < pool->settings.low_threads ? LOW : HIGH];
        pthread_cond_init(&worker->wake, NULL);
        int result = pthread_create(&worker->thread, NULL, work, worker);
        assert(result == 0);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct pool *pool_new(const struct pool_settings *settings)
{
    static const i64 targets_ms[POOL_CLASSES] = {1500, 500, 200, 1000};
    struct pool_settings filled = *settings;
    filled.threads = filled.threads != 0 ? filled.threads : 16;
    filled.queue_max = filled.queue_max != 0 ? filled.queue_max : 1024;
    for (size_t i = 0; i < POOL_CLASSES; i++)
        if (filled.target_ms[i] == 0)
            filled.target_ms[i] = targets_ms[i];
    assert(filled.low_threads >= 0 && filled.threads > filled.low_threads);
    struct pool *pool = calloc(1, sizeof *pool + (size_t)filled.threads * sizeof(struct worker));
    assert(pool != NULL);
    pool->settings = filled;
    pool->counts.threads = filled.threads;
    pool->groups[LOW] = (struct group){.first = POOL_BROWSING, .last = POOL_BACKGROUND};
    pool->groups[HIGH] = (struct group){
        .first = POOL_CHECKOUT,
        .last = filled.low_threads > 0 ? POOL_CART : POOL_BACKGROUND,
    };
    pthread_mutex_init(&pool->lock, NULL);
    start_workers(pool);
    return pool;
}

void pool_counts(struct pool *pool, struct pool_counts *counts)
{
    pthread_mutex_lock(&pool->lock);
    *counts = pool->counts;
    for (size_t i = 0; i < POOL_CLASSES; i++)
        counts->queued[i] = pool->queues[i].length;
    pthread_mutex_unlock(&pool->lock);
}

void pool_free(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    for (size_t i = 0; i < GROUPS; i++) {
        struct worker *worker = pool->groups[i].idle;
        for (; worker != NULL; worker = worker->next_idle) {
            worker->idle = false;
            pthread_cond_signal(&worker->wake);
        }
        pool->groups[i].idle = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->settings.threads; i++)
        pthread_join(pool->workers[i].thread, NULL);
    for (int i = 0; i < pool->settings.threads; i++)
        pthread_cond_destroy(&pool->workers[i].wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}
