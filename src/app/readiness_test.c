// Tests of /readyz: what it tells, and that it tells it whatever is gone.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/check.h"
#include "app/copies.h"
#include "app/readiness.h"
#include "core/str.h"
#include "core/time.h"
#include "data/position.h"
#include "data/test_db.h"
#include "data/test_memcached.h"
#include "data/test_redis.h"

static void look_at(struct test *t, const char *job)
{
    CHECK(job_run(check_app_of(SERVICE_EVERY), job) == ERR_OK);
}

// Who has the catalogue follows it every second, and serves nothing before it was read once.
static void follow_catalogue(struct test *t)
{
    if (services_have(check_app_of(SERVICE_EVERY)->services, service_id_product))
        look_at(t, "product_follow");
}

static void look_at_all(struct test *t)
{
    i64 until_ms = monotonic_ms() + MINUTE_MS; // a replica may have just been started
    do {
        readiness_tell(check_app_of(SERVICE_EVERY), "test", false, true, NULL);
        follow_catalogue(t);
        look_at(t, "ready_peers");
        look_at(t, "ready_stores");
        look_at(t, "ready_database");
    } while (check_ask(t, "GET /readyz") == 200 && strstr(check_body(), "\"degraded\"") != NULL &&
             monotonic_ms() < until_ms);
}

// Lists come out of memory, so a process that has them is not away without its database.
TEST(readiness_tells_what_is_missing)
{
    check_apart(t); // it depends on what the form needs
    struct app *app = check_app_of(SERVICE_EVERY);
    bool lists = services_have(app->services, service_id_product);
    look_at_all(t);
    check(t, "GET /readyz", "0 {'state':'ready','dependencies':'*'}");
    CHECK(strstr(check_body(), "{\"name\":\"database\",\"state\":\"up\",") != NULL);
    db_fail_at(app->db, 1);
    look_at(t, "ready_database");
    db_fail_at(app->db, 0);
    check(t, "GET /readyz", lists ? "0 {'state':'degraded'}" : "0 {'state':'away'}");
    CHECK(strstr(check_body(), "{\"name\":\"database\",\"state\":\"down\",") != NULL);
    CHECK(strstr(check_body(), "\"detail\":\"unavailable\"") != NULL);
    check(t, "GET /healthz", "200");
    look_at(t, "ready_database");
    readiness_tell(app, "test", false, false, "told so");
    check(t, "GET /readyz", "0 {'state':'degraded'}");
    readiness_tell(app, "test", true, false, "told so");
    check(t, "GET /readyz", "503 {'state':'away'}");
    readiness_tell(app, "test", true, true, NULL);
    check(t, "GET /readyz", "200 {'state':'ready'}");
    readiness_tell(app, "test", false, true, NULL); // nobody will tell of it any more
}

// The first shopper of a new process finds its copy of the catalogue made.
TEST(readiness_waits_for_the_catalogue)
{
    check_apart(t);
    struct app *app = check_app_of(SERVICE_EVERY);
    look_at_all(t);
    if (!services_have(app->services, service_id_product))
        return;
    readiness_await(app, "catalogue", "not read yet"); // as each process begins
    check(t, "GET /readyz", "503 {'state':'away'}");
    CHECK(strstr(check_body(), "{\"name\":\"catalogue\",\"state\":\"down\",\"needed\":true") !=
          NULL);
    follow_catalogue(t);
    check(t, "GET /readyz", "200");
    CHECK(strstr(check_body(), "{\"name\":\"catalogue\",\"state\":\"up\",\"needed\":false") !=
          NULL);
}

// A look at the stores until /readyz shows the dependency so; the shop is ready all the while.
static void wait_until_shown(struct test *t, const char *name, const char *state)
{
    const char *row = arena_printf(
        t->arena, "{\"name\":\"%s\",\"state\":\"%s\",\"needed\":false,\"since\":\"2", name, state);
    const char *expected = str_equal(state, "up") ? "200" : "200 {'state':'degraded'}";
    i64 until_ms = monotonic_ms() + MINUTE_MS;
    do {
        follow_catalogue(t);
        look_at(t, "ready_database");
        look_at(t, "ready_stores");
        CHECK(check_ask(t, "GET /readyz") == 200);
        usleep(20000);
    } while (strstr(check_body(), row) == NULL && monotonic_ms() < until_ms);
    check(t, "GET /readyz", expected);
    if (strstr(check_body(), row) == NULL)
        test_fail(t, __FILE__, __LINE__, "%s is not shown as %s in %s", name, state, check_body());
}

// A shop without it has no row of it either.
TEST(slow_readiness_goes_on_without_redis)
{
    check_apart(t); // only where there is one
    look_at(t, "ready_stores");
    check(t, "GET /readyz", "0");
    if (!copies_kept(check_app_of(SERVICE_EVERY))) {
        CHECK(strstr(check_body(), "redis") == NULL);
        return;
    }
    wait_until_shown(t, "redis", "up");
    CHECK(test_redis_do("pause", NULL));
    wait_until_shown(t, "redis", "down");
    CHECK(strstr(check_body(), " masters do not answer\"") != NULL);
    CHECK(test_redis_do("resume", NULL));
    wait_until_shown(t, "redis", "up");
}

TEST(slow_readiness_goes_on_without_a_replica)
{
    check_apart(t); // only where there is one
    const char *url = check_app_of(SERVICE_EVERY)->config.replica_urls;
    look_at(t, "ready_stores");
    check(t, "GET /readyz", "0");
    if (*url == '\0' || getenv("SOUK_TEST_POSTGRES_FOLDER") == NULL) {
        CHECK(strstr(check_body(), "replica") == NULL);
        return;
    }
    struct db_stats stats;
    db_stats(check_app_of(SERVICE_EVERY)->db, &stats);
    const char *name = arena_printf(t->arena, "replica %s", stats.replica[0].name);
    wait_until_shown(t, name, "up");
    CHECK(test_replica_runs(false));
    wait_until_shown(t, name, "down");
    CHECK(test_replica_runs(true));
    wait_until_shown(t, name, "up");
}

// Whether the metric of a process beside says that a node is up.
static bool node_is_up(struct test *t, const struct test_memcached *node, bool up)
{
    struct app *app = check_beside_app(1);
    const char *line = arena_printf(
        t->arena, "souk_dependency_up{dependency=\"memcached %s\",needed=\"false\"} %d",
        node->address, up);
    i64 until_ms = monotonic_ms() + MINUTE_MS;
    struct buf text = buf_in(t->arena);
    do {
        usleep(20000);
        CHECK(job_run(app, "ready_stores") == ERR_OK);
        text.length = 0;
        readiness_write_metrics(app, &text);
    } while (strstr(buf_as_text(&text), line) == NULL && monotonic_ms() < until_ms);
    return strstr(buf_as_text(&text), line) != NULL;
}

TEST(readiness_tells_of_each_memcached)
{
    struct test_memcached nodes[2] = {0};
    for (size_t i = 0; i < COUNT_OF(nodes); i++)
        test_memcached_start(&nodes[i]);
    const char *list = arena_printf(t->arena, "%s,%s", nodes[0].address, nodes[1].address);
    check_beside_start(1, service_id_product, list);
    CHECK(node_is_up(t, &nodes[0], true) && node_is_up(t, &nodes[1], true));
    test_memcached_stop(&nodes[0]);
    CHECK(node_is_up(t, &nodes[0], false) && node_is_up(t, &nodes[1], true));
    test_memcached_start(&nodes[0]);
    CHECK(node_is_up(t, &nodes[0], true));
    check_beside_stop();
    for (size_t i = 0; i < COUNT_OF(nodes); i++)
        test_memcached_stop(&nodes[i]);
}

// Neither liveness nor readiness waits for a worker or for the database.
TEST(readiness_answers_when_every_worker_is_busy)
{
    check_apart(t); // it depends on what the form needs
    enum { WORKERS = 8 };
    struct app *app = check_app_of(SERVICE_EVERY);
    look_at_all(t);
    for (int i = 0; i < 2 * WORKERS; i++) // so many of each that none is left
        check_keep_worker(t, app, i % 2 == 0 ? POOL_CHECKOUT : POOL_BACKGROUND);
    struct pool_counts counts = {0};
    while (counts.running < WORKERS)
        pool_counts(app->pool, &counts);
    check(t, "GET /healthz", "200");
    check(t, "GET /readyz", "200 {'state':'ready'}");
    check_free_workers();
}
