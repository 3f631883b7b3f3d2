// Opening, serving and closing the program. Contract in app.h.
//
// Opening is the order of what needs what, and every step may refuse: which services, folders, the
// route table, the database with its migrations and every query of these services against its
// shapes, the services' own state. What is wrong is told in a sentence before the first request,
// and nothing is wrong later that could have been seen then.
//
// Closing is the same backwards, with one point of order: workers end first, then the database,
// whose last jobs still answer their requests, then the server that takes those answers.
#include "app/app.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/caches.h"
#include "app/copies.h"
#include "app/database.h"
#include "app/declare.h"
#include "app/events.h"
#include "app/peer.h"
#include "app/readiness.h"
#include "app/services.h"
#include "core/log.h"
#include "core/str.h"
#include "data/cache.h"
#include "data/outbox.h"

REGISTRY(const struct service *const, services);

struct service_slot {
    const struct service *service;
    void *state;
};

static size_t service_count(void)
{
    return (size_t)(__stop_services - __start_services);
}

void *service_state(const struct app *app, const struct service *service)
{
    for (size_t i = 0; i < service_count(); i++)
        if (app->slots[i].service == service)
            return app->slots[i].state;
    return NULL;
}

bool app_has(const struct app *app, const char *file)
{
    return services_have(app->services, service_of_file(file));
}

static enum err choose_services(struct app *app, struct problem *problem)
{
    enum err err = services_read(app->config.services, &app->services, problem);
    if (err != ERR_OK || app->services == SERVICES_ALL)
        return err;
    if (*app->config.peer_key == '\0') {
        problem_field(problem, "SOUK_PEER_KEY", "is needed when not all services run here");
        return ERR_INVALID;
    }
    return peers_new(app->arena, &app->config, &app->peers, problem);
}

static enum err make_folder(const char *path, struct problem *problem)
{
    if (mkdir(path, 0750) == 0 || errno == EEXIST)
        return ERR_OK;
    problem_detail(problem, "the folder %s cannot be made: %s", path, strerror(errno));
    return ERR_UNAVAILABLE;
}

static enum err choose_places(struct app *app, struct problem *problem)
{
    const struct config *config = &app->config;
    app->data_dir = config->data_dir;
    app->media_dir = *config->media_dir != '\0'
                         ? config->media_dir
                         : arena_printf(app->arena, "%s/media", app->data_dir);
    app->public_url = *config->public_url != '\0'
                          ? config->public_url
                          : arena_printf(app->arena, "http://%s", config->listen);
    if (str_ends(app->public_url, "/"))
        app->public_url = arena_text_n(app->arena, app->public_url, strlen(app->public_url) - 1);
    enum err err = make_folder(app->data_dir, problem);
    return err == ERR_OK ? make_folder(app->media_dir, problem) : err;
}

// Those of other services are about tables that this process may not touch.
static enum err check_queries(struct app *app, struct problem *problem)
{
    size_t all = (size_t)(__stop_queries - __start_queries), count = 0;
    const struct query **own = ARENA_ARRAY(app->arena, const struct query *, all);
    for (size_t i = 0; i < all; i++)
        if (app_has(app, __start_queries[i]->file))
            own[count++] = __start_queries[i];
    return db_check_queries(app->db, own, count, problem);
}

static enum err open_database(struct app *app, struct problem *problem)
{
    enum err err = database_open(&app->config, app->arena, &app->db, problem);
    if (err == ERR_OK)
        err = database_settle(app->db, &app->config, app->services, problem);
    return err == ERR_OK ? check_queries(app, problem) : err;
}

static enum err start_services(struct app *app, struct problem *problem)
{
    app->slots = ARENA_ARRAY(app->arena, struct service_slot, service_count() + 1);
    for (size_t i = 0; i < service_count(); i++) {
        app->slots[i].service = __start_services[i];
        if (__start_services[i]->start == NULL || !app_has(app, __start_services[i]->file))
            continue;
        enum err err = __start_services[i]->start(app, &app->slots[i].state, problem);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err open_all(struct app *app, struct problem *problem)
{
    app->readiness = readiness_new(app->arena);
    enum err err = choose_services(app, problem);
    if (err == ERR_OK)
        err = choose_places(app, problem);
    if (err == ERR_OK)
        err = router_new(app->arena, &app->router, problem);
    if (err == ERR_OK)
        err = copies_open(app->arena, &app->config, &app->copies, problem);
    if (err == ERR_OK)
        err = open_database(app, problem);
    if (err == ERR_OK)
        err = caches_open(app, problem);
    if (err != ERR_OK)
        return err;
    app->metrics = route_metrics_new(app->arena, router_count(app->router));
    app->guarded = rate_limit_new(app->arena, app->config.guarded_a_minute);
    app->writes = rate_limit_new(app->arena, app->config.writes_a_minute);
    return start_services(app, problem);
}

enum err app_open(const struct config *config, struct app **out, struct problem *problem)
{
    struct arena *arena = arena_new(LIMIT_ARENA);
    struct app *app = ARENA_NEW(arena, struct app);
    app->arena = arena;
    app->config = *config;
    enum err err = open_all(app, problem);
    if (err != ERR_OK) {
        app_close(app);
        return err;
    }
    *out = app;
    return ERR_OK;
}

void app_start_serving(struct app *app, int listener, bool with_jobs)
{
    const struct config *config = &app->config;
    struct pool_settings pool = {
        .threads = (int)config->threads,
        .low_threads = (int)config->threads - config_buying_threads(config),
        // Ten times the patience: a checkout that is refused is a sale lost, a page that is refused
        // is asked for again. What is put into a cart is on its way to a sale.
        .target_ms = {[POOL_CHECKOUT] = 10 * config->queue_target_ms,
                      [POOL_CART] = 5 * config->queue_target_ms,
                      [POOL_BROWSING] = config->queue_target_ms,
                      [POOL_BACKGROUND] = config->queue_target_ms},
    };
    struct http_settings server = {
        .listener = listener,
        .loops = (int)config->loops,
        .connections_max = (size_t)config->connections,
        .drain_delay_ms = config->drain_delay_ms,
        .drain_ms = config->drain_ms,
        .on_request = dispatch,
        .body_limit = dispatch_body_limit,
        .context = app,
    };
    if (config->access_log != 0)
        app->access = access_log_start();
    app->pool = pool_new(&pool);
    app->server = http_server_new(&server);
    app->events = event_streams_start(app, (size_t)config->event_streams);
    if (with_jobs) {
        jobs_start(app);
        struct outbox_settings outbox = outbox_settings_of(app);
        app->outbox = outbox_start(app->db, &outbox);
    }
    caches_listen(app);
    app->ready = true;
}

int app_serve(struct app *app, int listener)
{
    app_start_serving(app, listener, true);
    http_server_drain_on_signals(app->server);
    int cut = http_server_run(app->server);
    if (cut > 0)
        log_line(LOG_WARN, "drain", "%d requests were cut", cut);
    return cut;
}

void app_close(struct app *app)
{
    if (app == NULL)
        return;
    app->ready = false;
    jobs_stop(app);
    outbox_stop(app->outbox);
    if (app->pool != NULL)
        pool_free(app->pool);
    event_streams_stop(app->events);  // before the database, which it asks
    cache_stop_listening(app->cache); // news goes on to the database
    db_close(app->db); // waits for writes: their handlers use services, their replies the server
    // Also after a start that failed half way: slots that were not reached have no state.
    for (size_t i = service_count(); app->slots != NULL && i-- > 0;)
        if (app->slots[i].state != NULL && app->slots[i].service->stop != NULL)
            app->slots[i].service->stop(app->slots[i].state);
    if (app->server != NULL)
        http_server_free(app->server);
    access_log_stop(app->access);
    copies_close(app->copies);
    peers_free(app->peers);
    caches_close(app);
    arena_free(app->arena);
}
