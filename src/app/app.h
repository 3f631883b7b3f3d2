// The running program: configuration, database, router, caches, services and their jobs.
//
//     err = app_open(&config, &app, &problem);   // database, migrations, query and route checks
//     cut = app_serve(app, listener);             // until drained
//     app_close(app);
#ifndef SOUK_APP_APP_H
#define SOUK_APP_APP_H

#include "app/config.h"
#include "app/metrics.h"
#include "app/rate_limit.h"
#include "app/reply_cache.h"
#include "app/router.h"
#include "data/db.h"
#include "net/pool.h"

struct service_slot;
struct job_runner;
struct outbox_settings;
struct cache;
struct event_streams;
struct readiness;
struct flights;

struct app {
    struct arena *arena; // as long as the app
    struct config config;
    unsigned services;     // bits of enum service_id: what this process runs
    struct peers *peers;   // NULL when it runs all
    struct copies *copies; // in Redis; NULL without
    struct db *db;
    struct router *router;
    struct route_metrics *metrics;
    struct reply_cache *replies; // L1
    struct cache *cache;         // Memcached; finds nothing when there is none
    struct flights *flights;     // of what L1 does not have
    struct rate_limit *guarded, *writes;
    struct pool *pool;
    struct http_server *server;
    struct service_slot *slots; // one a registered service
    struct job_runner *jobs;
    struct event_streams *events;
    struct readiness *readiness;
    struct outbox *outbox;
    struct access_log *access; // NULL when it is off
    const char *data_dir, *media_dir, *public_url;
    void (*on_reply)(const struct rq *rq, int status, const char *type, const char *body,
                     size_t length);     // tests look at every reply; NULL otherwise
    void (*on_end)(const struct rq *rq); // and at all work that is no request
    bool ready;
    atomic_bool stopping;
};

// What a service keeps in a process: made at start, found by service_state, freed at the end. One
// static const struct a service, registered by SERVICE.
struct service {
    const char *name, *file;
    enum err (*start)(struct app *app, void **state, struct problem *problem); // may be NULL
    void (*stop)(void *state);                                                 // may be NULL
};
#define SERVICE(name_, ...)                                                                        \
    static const struct service name_##_service = {.name = #name_, .file = __FILE__, __VA_ARGS__}; \
    static const struct service *const name_##_service_registered REGISTERED("services") =         \
        &name_##_service
void *service_state(const struct app *app, const struct service *service);

// Work done again and again while the app serves: one thread a job. `run` gets a fresh context each
// time, outside any transaction; an error is logged and tried again at the next turn.
struct job {
    const char *name, *file;
    i64 every_ms;
    enum err (*run)(struct rq *rq);
};
#define JOB(name_, every_ms_, run_)                                                                \
    static const struct job name_##_job = {#name_, __FILE__, every_ms_, run_};                     \
    static const struct job *const name_##_job_registered REGISTERED("jobs") = &name_##_job

// True when what a file declares belongs to a service of this process, or to all (services.h).
bool app_has(const struct app *app, const char *file);

// Opens the database, migrates it, checks every query and route, starts the services. The problem
// says in one sentence what is wrong. `config` is copied; its texts must outlive the app.
CHECKED enum err app_open(const struct config *config, struct app **out, struct problem *problem);
// Serves until the server has drained. Returns how many requests had to be cut for it.
int app_serve(struct app *app, int listener);
// Starts what app_serve needs on a thread of the caller's choice; for tests.
void app_start_serving(struct app *app, int listener, bool with_jobs);
void app_close(struct app *app);

// Every job on a thread of its own, until jobs_stop; job_wake (rq.h) runs one early.
// Runs a job once, here; for tests and commands.
CHECKED enum err job_run(struct app *app, const char *name);
void jobs_start(struct app *app);
void jobs_stop(struct app *app);
// True from the beginning of jobs_stop on: who works in a loop ends it.
bool jobs_stopping(const struct app *app);

// How this process delivers what its outbox holds: itself, or through the process that can.
struct outbox_settings outbox_settings_of(struct app *app);

// The access log: lines are written by a thread of its own, many at once.
struct access_log;
struct access_log *access_log_start(void);
void access_log_add(struct access_log *log, const char *line, size_t length);
void access_log_stop(struct access_log *log);

// The server's callbacks (dispatch.c).
void dispatch(struct http_exchange *exchange, void *app);
size_t dispatch_body_limit(const struct http_exchange *exchange, void *app);

// For fault tests: kills the process when SOUK_CRASH_AT names this point ("order.reserved"), or
// "order.reserved:3" at the third time.
void crash_point(const char *name);

#endif
