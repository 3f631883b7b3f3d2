// Work done again and again: a thread a job. Contract in app.h.
//
// A thread each, because a job may take long (an audit, a mail server that does not answer) and
// must not hold up the next; there are about a dozen and they sleep. A job runs once at start, so
// that what a crash left behind is taken up at once and not after the first interval.
//
// With several workers each of them runs every job. So a job must be able to meet itself: it claims
// what it works on (leases, conditional statements) or does what may be done twice.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "core/log.h"
#include "core/time.h"

REGISTRY(const struct job *const, jobs);

struct runner {
    const struct job *job;
    struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool due, stopping;
};

struct job_runner {
    size_t count;
    struct runner runners[];
};

enum { JOB_DEADLINE_MS = 60000 };

static enum err run_once(struct app *app, const struct job *job)
{
    struct rq *rq = rq_begin(app, job->name, JOB_DEADLINE_MS);
    trace_set_current(&rq->trace);
    enum err err = job->run(rq);
    if (err != ERR_OK)
        log_line(LOG_WARN, "job_failed", "%s: %s: %s", job->name, err_code(err),
                 rq->problem.detail != NULL ? rq->problem.detail : "");
    trace_set_current(NULL);
    rq_end(rq);
    return err;
}

enum err job_run(struct app *app, const char *name)
{
    for (const struct job *const *job = __start_jobs; job < __stop_jobs; job++)
        if (strcmp((*job)->name, name) == 0 && app_has(app, (*job)->file))
            return run_once(app, *job);
    return ERR_NOT_FOUND;
}

static void wait_until_due(struct runner *runner)
{
    struct timespec until = monotonic_after(runner->job->every_ms);
    int waited = 0;
    // `due` is set under the lock by whoever wakes us, also while the job runs: then the next run
    // follows at once and nothing is missed.
    while (!runner->due && !runner->stopping && waited == 0)
        waited = pthread_cond_clockwait(&runner->changed, &runner->lock, CLOCK_MONOTONIC, &until);
    runner->due = false;
}

static void *loop(void *context)
{
    struct runner *runner = context;
    pthread_mutex_lock(&runner->lock);
    while (!runner->stopping) {
        pthread_mutex_unlock(&runner->lock);
        // What failed has been logged, and is tried again at the next turn.
        enum err err = run_once(runner->app, runner->job);
        (void)err;
        pthread_mutex_lock(&runner->lock);
        wait_until_due(runner);
    }
    pthread_mutex_unlock(&runner->lock);
    return NULL;
}

void jobs_start(struct app *app)
{
    size_t count = (size_t)(__stop_jobs - __start_jobs);
    struct job_runner *all = calloc(1, sizeof *all + count * sizeof(struct runner));
    assert(all != NULL);
    app->jobs = all;
    for (size_t i = 0; i < count; i++) {
        if (!app_has(app, __start_jobs[i]->file))
            continue;
        struct runner *runner = &all->runners[all->count++];
        runner->job = __start_jobs[i];
        runner->app = app;
        pthread_mutex_init(&runner->lock, NULL);
        pthread_cond_init(&runner->changed, NULL);
        int started = pthread_create(&runner->thread, NULL, loop, runner);
        assert(started == 0);
    }
}

static void tell(struct runner *runner, bool stop)
{
    pthread_mutex_lock(&runner->lock);
    runner->due = true;
    runner->stopping |= stop;
    pthread_cond_signal(&runner->changed);
    pthread_mutex_unlock(&runner->lock);
}

void job_wake(struct app *app, const char *name)
{
    for (size_t i = 0; app->jobs != NULL && i < app->jobs->count; i++)
        if (strcmp(app->jobs->runners[i].job->name, name) == 0)
            tell(&app->jobs->runners[i], false);
}

void jobs_stop(struct app *app)
{
    struct job_runner *all = app->jobs;
    atomic_store(&app->stopping, true);
    if (all == NULL)
        return;
    for (size_t i = 0; i < all->count; i++)
        tell(&all->runners[i], true);
    for (size_t i = 0; i < all->count; i++) {
        pthread_join(all->runners[i].thread, NULL);
        pthread_mutex_destroy(&all->runners[i].lock);
        pthread_cond_destroy(&all->runners[i].changed);
    }
    app->jobs = NULL;
    free(all);
}

bool jobs_stopping(const struct app *app)
{
    return atomic_load(&app->stopping);
}
