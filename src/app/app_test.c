// Tests of the dispatcher: routing, input, roles, CSRF, idempotency, caching, on routes of its own.
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/app.h"
#include "app/check.h"
#include "app/consume.h"
#include "app/declare.h"
#include "app/peer.h"
#include "app/readiness.h"
#include "app/services.h"
#include "app/session.h"
#include "core/asset.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "data/migrate.h"
#include "data/outbox_rows.h"
#include "net/listen.h"
#include "net/probe.h"

#define ECHO_WORDS(F, S)                                                                           \
    F(S, text, word, .min = 1, .max = 8, .format = FORMAT_LINE, .doc = "Any word.")                \
    F(S, i64, times, .min = 1, .max = 3, .optional = true, .doc = "How often.")                    \
    F(S, texts, tags, .max = 2, .optional = true, .doc = "Anything.")
SHAPE(echo_words, ECHO_WORDS);

HANDLER(test_echo, echo_words, echo_words)
{
    *out = *in;
    return ERR_OK;
}

HANDLER(test_echo_post, echo_words, echo_words)
{
    *out = *in;
    return ERR_OK;
}

#define TICKET(F, S)                                                                               \
    F(S, text, holder, .min = 1, .max = 20, .doc = "Whose it is.")                                 \
    F(S, uuid, id, .optional = true, .doc = "Fresh each time the handler runs.")
SHAPE(ticket, TICKET);

static _Atomic int tickets_made, conductors_running, conductors_at_once;

// A write with an effect that can be counted: a session of the holder.
HANDLER(test_ticket_create, ticket, ticket)
{
    struct session session, wanted = {.user_id = uuid_of(in->holder), .email = in->holder};
    char token[SESSION_TOKEN_SIZE];
    enum err err = session_start_for(rq, &wanted, &session, token);
    if (str_equal(in->holder, "nobody"))
        return fail(rq, ERR_CONFLICT, "nobody may hold a ticket");
    *out = *in;
    out->id = session.id;
    atomic_fetch_add(&tickets_made, 1);
    return err;
}

#define TICKET_COUNT(F, S)                                                                         \
    F(S, text, holder, .doc = "Whose.")                                                            \
    F(S, i64, count, .optional = true, .doc = "How many there are.")
SHAPE(ticket_count, TICKET_COUNT);

HANDLER(test_ticket_count, ticket_count, ticket_count)
{
    struct session_list sessions;
    struct uuid holder = uuid_of(in->holder);
    enum err err = session_list_of(rq, &holder, &sessions);
    out->holder = in->holder;
    SET(out, ticket_count, count, (i64)sessions.count);
    return err;
}

STEP(ticket_step, ticket, ticket)
{
    return test_ticket_create(rq, in, out);
}

// Slow enough for twins to meet; they must not run side by side.
HANDLER(test_ticket_conduct, ticket, ticket)
{
    int running = atomic_fetch_add(&conductors_running, 1) + 1;
    if (running > atomic_load(&conductors_at_once))
        atomic_store(&conductors_at_once, running);
    nanosleep(&(struct timespec){.tv_nsec = 40000000}, NULL);
    enum err err = ticket_step(rq, in, out);
    atomic_fetch_sub(&conductors_running, 1);
    return err;
}

static _Atomic int clock_reads;

HANDLER(test_cached, echo_words, echo_words)
{
    *out = *in;
    SET(out, echo_words, times, atomic_fetch_add(&clock_reads, 1) % 3 + 1);
    return ERR_OK;
}

HANDLER(test_drop, nothing, nothing)
{
    rq_after_commit(rq, reply_cache_drop, "test");
    return ERR_OK;
}

HANDLER(test_staff, nothing, nothing)
{
    return ERR_OK;
}

HANDLER(test_staff_write, nothing, nothing)
{
    return ERR_OK;
}

HANDLER(test_others_end, nothing, nothing)
{
    return session_end_all(rq, &rq->caller.user_id, &rq->caller.session_id);
}

HANDLER(test_session_end, nothing, nothing)
{
    session_forget_cookie(rq);
    return session_end(rq, &rq->caller.session_id, &rq->caller.user_id);
}

HANDLER(test_demote, nothing, nothing)
{
    return session_set_roles(rq, &rq->caller.user_id, 0);
}

static const struct route test_routes[] = {
    {GET, "/test/echo/{word}", &test_echo_handler, 200, ROLE_ANYONE, "Echoes a word."},
    {POST, "/test/echo", &test_echo_post_handler, 201, ROLE_ANYONE, "Echoes a word."},
    {POST, "/test/tickets", &test_ticket_create_handler, 201, ROLE_ANYONE, "Makes a ticket."},
    {GET, "/test/tickets/{holder}", &test_ticket_count_handler, 200, ROLE_ANYONE, "Counts."},
    {POST, "/test/conducted", &test_ticket_conduct_handler, 201, ROLE_ANYONE, "Makes one slowly.",
     .flags = ROUTE_CONDUCTS | ROUTE_IDEMPOTENT_ONLY},
    {GET, "/test/cached/{word}", &test_cached_handler, 200, ROLE_ANYONE, "Says a number.",
     .cache_s = 60, .cache_tag = "test"},
    {POST, "/test/drop", &test_drop_handler, 204, ROLE_ANYONE, "Forgets cached replies."},
    {GET, "/test/staff", &test_staff_handler, 204, ROLE_CATALOG | ROLE_ORDERS, "For staff."},
    {POST, "/test/staff", &test_staff_write_handler, 204, ROLE_CATALOG, "For staff."},
    {DELETE, "/test/sessions", &test_others_end_handler, 204, ROLE_CUSTOMER, "Ends the others."},
    {DELETE, "/test/session", &test_session_end_handler, 204, ROLE_CUSTOMER, "Ends this one."},
    {POST, "/test/demote", &test_demote_handler, 204, ROLE_CUSTOMER, "Takes all roles away."},
};
ROUTES(test, test_routes);

TEST(dispatch_routing)
{
    check(t, "GET /test/echo/a%20b", "200 {'word':'a b','times':null,'tags':[]}");
    check(t, "GET /test/echo/a%2Fb", "200 {'word':'a/b'}");
    check(t, "GET /nowhere", "404 {'code':'not_found','status':404,'errors':[]}");
    check(t, "DELETE /test/echo", "405 {'code':'method_not_allowed'}");
    CHECK_TEXT(check_header("Allow"), "POST");
    check(t, "HEAD /test/echo/a", "200");
    CHECK_TEXT(check_header("Content-Length"), "35");
}

TEST(dispatch_input)
{
    check(t, "POST /test/echo {'word':'w','times':3,'tags':['a','b']}",
          "201 {'word':'w','times':3,'tags':['a','b']}");
    check(t, "POST /test/echo {'word':'','times':4,'extra':1}",
          "422 {'code':'invalid','errors':[{'field':'word','detail':'shorter than 1'},"
          "{'field':'times','detail':'more than 3'},"
          "{'field':'extra','detail':'is not a known field'}]}");
    check(t, "POST /test/echo {'times':1.5}",
          "422 {'errors':[{'field':'times','detail':'must be an integer'},{'field':'word'}]}");
    check(t, "POST /test/echo {'word':", "400 {'code':'malformed','detail':'~line 1'}");
    check(t, "POST /test/echo {'word':'a','word':'b'}", "400 {'detail':'~duplicate'}");
    check(t, "POST /test/echo", "422 {'errors':[{'field':'word','detail':'is required'}]}");
    check(t, "POST /test/echo\nContent-Type: text/plain\n{'word':'a'}",
          "415 {'code':'unsupported_media'}");
    check(t, "POST /test/echo?word=a {'word':'a'}", "422 {'detail':'~no query parameters'}");
    check(t, "GET /test/echo/w?times=2&tags=x&tags=y", "200 {'times':2,'tags':['x','y']}");
    check(t, "GET /test/echo/w?times=2&times=3", "422 {'errors':[{'field':'times'}]}");
    check(t, "GET /test/echo/w?word=v", "422 {'errors':[{'field':'word'}]}");
    check(t, "GET /test/echo/w?times=99999999999999999999", "422 {'errors':[{'field':'times'}]}");
    check(t, "GET /test/echo/w?tags=%ff", "400 {'code':'malformed'}");
    check(t, "GET /test/echo/waytoolong", "404");
}

TEST(dispatch_rollback)
{
    check(t, "POST /test/tickets {'holder':'nobody'}", "409 {'detail':'nobody may hold a ticket'}");
    check(t, "GET /test/tickets/nobody", "200 {'count':0}");
}

TEST(dispatch_idempotency)
{
    const char *request = "POST /test/tickets\nIdempotency-Key: key-1\n{'holder':'ann'}";
    check(t, request, "201 {'id':'<first>'}");
    check(t, request, "201 {'id':'{first}'}");
    check(t, "GET /test/tickets/ann", "200 {'count':1}");
    check(t, "POST /test/tickets\nIdempotency-Key: key-1\n{'holder':'bob'}",
          "422 {'code':'idempotency_mismatch'}");
    check(t, "POST /test/tickets\nIdempotency-Key: key-2\n{'holder':'nobody'}", "409");
    check(t, "POST /test/tickets\nIdempotency-Key: key 2\n{'holder':'ann'}",
          "422 {'errors':[{'field':'Idempotency-Key'}]}");
    const char *conducted = "POST /test/conducted\nIdempotency-Key: key-3\n{'holder':'nobody'}";
    check(t, conducted, "409");
    check(t, conducted, "409 {'detail':'nobody may hold a ticket'}");
    check(t, "POST /test/conducted {'holder':'ann'}",
          "422 {'errors':[{'field':'Idempotency-Key'}]}");
}

enum { TWINS = 8 };

TEST(dispatch_twins)
{
    static const char body[] = "{\"holder\":\"twin\"}";
    const char *requests[TWINS];
    check(t, "GET /test/tickets/twin", "200 {'count':0}");
    for (int i = 0; i < TWINS; i++)
        requests[i] =
            arena_printf(t->arena,
                         "POST /test/conducted HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n"
                         "Idempotency-Key: twin\r\nContent-Type: application/json\r\n"
                         "Content-Length: %zu\r\n\r\n%s",
                         sizeof body - 1, body);
    const char **answers = check_at_once(t, check_port(), requests, TWINS);
    for (int i = 0; i < TWINS; i++) {
        CHECK(str_starts(answers[i], "HTTP/1.1 201"));
        CHECK_TEXT(strstr(answers[i], "\r\n\r\n"), strstr(answers[0], "\r\n\r\n"));
    }
    CHECK_I64(atomic_load(&conductors_at_once), 1);
    check(t, "GET /test/tickets/twin", "200 {'count':1}");
}

TEST(dispatch_cache)
{
    check(t, "GET /test/cached/one", "200 {'times':'<number>'}");
    const char *etag = check_header("ETag");
    check(t, "GET /test/cached/one", "200 {'times':{number}}");
    check_remember("etag", etag);
    check(t, "GET /test/cached/one\nIf-None-Match: {etag}", "304");
    check(t, "GET /metrics", "200");
    CHECK(strstr(check_body(), "{route=\"test_cached\",status=\"3xx\"} 1\n") != NULL);
    check(t, "POST /test/drop", "204");
    int before = atomic_load(&clock_reads);
    check(t, "GET /test/cached/one", "200");
    CHECK_I64(atomic_load(&clock_reads), before + 1);
}

TEST(dispatch_roles)
{
    check(t, "GET /test/staff", "401 {'code':'unauthenticated'}");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /test/staff", "204");
    check(t, "POST /test/staff", "204");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "GET /test/staff", "204");
    check(t, "POST /test/staff", "403 {'code':'forbidden'}");
    check_as_staff(t, ROLE_ADMIN);
    check(t, "POST /test/staff", "204");
    check(t, "DELETE /test/sessions", "204");
    check(t, "POST /test/demote", "204");
    check(t, "POST /test/staff", "403");
    check(t, "DELETE /test/session", "204");
    check(t, "DELETE /test/session", "401");
    check_headers(t, "Authorization: Bearer nonsense\r\n");
    check(t, "GET /test/staff", "401");
    check(t, "GET /test/echo/a", "401");
    check_headers(t, "Cookie: souk_session=nonsense\r\n");
    check(t, "GET /test/staff", "401");
    check(t, "GET /test/echo/a", "200");
}

// A cookie alone does not write: the page that sends it must know the session's CSRF token.
TEST(dispatch_csrf)
{
    check_as_browser(t, ROLE_CATALOG);
    check(t, "GET /test/staff", "204");
    check(t, "POST /test/staff", "403 {'detail':'~X-CSRF-Token'}");
    check(t, "POST /test/staff\nX-CSRF-Token: wrong", "403");
    check(t, "POST /test/staff\nX-CSRF-Token: {csrf}", "204");
}

TEST(dispatch_expiry)
{
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /test/staff", "204");
    time_shift_ms(13 * HOUR_MS);
    check(t, "GET /test/staff", "401");
    check_headers(t, "");
    check(t, "POST /test/tickets\nIdempotency-Key: old\n{'holder':'eve'}", "201 {'id':'<first>'}");
    time_shift_ms(38 * HOUR_MS);
    CHECK(job_run(check_app(), "idempotency_expiry") == ERR_OK);
    CHECK(job_run(check_app(), "session_cleanup") == ERR_OK);
    check(t, "POST /test/tickets\nIdempotency-Key: old\n{'holder':'eve'}", "201");
    check(t, "GET /test/tickets/eve", "200 {'count':2}");
    time_shift_ms(0);
}

TEST(dispatch_operations)
{
    check(t, "GET /healthz", "200");
    check(t, "GET /metrics", "200");
    CHECK(strstr(check_body(), "souk_http_requests_total{route=\"healthz\",status=\"2xx\"}") !=
          NULL);
    CHECK(strstr(check_body(), "\nsouk_build_info{version=\"" SOUK_VERSION "\"} 1\n") != NULL);
    check(t, "GET /openapi.json", "200 {'openapi':'3.1.0'}");
}

TEST(rate_limit_buckets)
{
    struct rate_limit *limit = rate_limit_new(t->arena, 60);
    for (int i = 0; i < 60; i++)
        CHECK(rate_limit_take(limit, "192.0.2.1", 1000) == 0);
    CHECK(rate_limit_take(limit, "192.0.2.1", 1000) > 0);
    CHECK(rate_limit_take(limit, "192.0.2.2", 1000) == 0);
    CHECK(rate_limit_take(limit, "192.0.2.1", 1000 + SECOND_MS) == 0);
    CHECK(rate_limit_take(limit, "192.0.2.1", 1000 + SECOND_MS) > 0);
}

TEST(page_files)
{
    check(t, "GET /api/v1/nowhere", "404 {'code':'not_found'}");
    check(t, "GET /nowhere", "404 {'code':'not_found'}");
    check(t, "GET /admin", "308");
    CHECK_TEXT(check_header("Location"), "/admin/");
    int dashboard = check_ask(t, "GET /admin/");
    CHECK(dashboard == 200 || dashboard == 404); // 404: built without it
    // A page takes any query, which is for its script. It is missing where the web is not built.
    check(t, "GET /verify?token=1", asset_find("storefront/index.html") != NULL ? "200" : "404");
    check(t, "GET /admin/?a=1", asset_find("admin/index.html") != NULL ? "200" : "404");
    check(t, "GET /assets/nothing.js", "404");
    check(t, "GET /admin/assets/nothing.js", "404");
}

TEST(outbox_watch)
{
    CHECK(job_run(check_app(), "outbox_watch") == ERR_OK);
    check_as_staff(t, ROLE_ADMIN);
    check(t, "GET /metrics", "200");
    CHECK(strstr(check_body(), "souk_outbox_set_aside 0") != NULL);
    check(t, "GET /api/v1/admin/outbox", "200 {'items':[],'away':[]}");
    check(t, "POST /api/v1/admin/outbox/01900000-0000-7000-8000-000000000000/retry", "404");
}

// On PostgreSQL as whatever role the service has; on SQLite there is nothing to do.
TEST(partition_upkeep)
{
    CHECK(job_run(check_app_of(service_id_order), "partition_upkeep") == ERR_OK);
    CHECK(job_run(check_app_of(service_id_user), "partition_upkeep") == ERR_OK);
    check(t, "GET /metrics", "200");
    CHECK(strstr(check_body(), "\nsouk_partitions_late 0\n") != NULL);
}

// An event of the user service for notification, in the outbox that order had in common with the
// former when they shared a process.
TEST(outbox_hands_on_for_others)
{
    const char **key = &check_app_of(service_id_notification)->config.peer_key, *was = *key;
    struct app order = {
        .arena = t->arena, .config = check_app()->config, .services = 1 << service_id_order};
    struct problem problem = {.arena = t->arena};
    struct outbox_delivery delivery = {.context = &order, .arena = t->arena};
    bool handed_on = false;
    struct outbox_event event = {
        .id = uuid_of("outbox_hands_on_for_others"),
        .consumer = "mail_reset",
        .topic = "user.reset",
        .payload = "{\"email\":\"apart@app.test\",\"name\":\"Eve\",\"token\":\"handed-on\"}"};
    *key = order.config.peer_key = "the key of this test";
    order.config.peers = arena_printf(t->arena, "notification=http://127.0.0.1:%d",
                                      check_port_of(service_id_notification));
    CHECK(peers_new(t->arena, &order.config, &order.peers, &problem) == ERR_OK);
    CHECK_I64(outbox_settings_of(&order).deliver(outbox_consumer_find("mail_reset"), &event,
                                                 &delivery, &handed_on),
              ERR_OK);
    *key = was;
    peers_free(order.peers);
    CHECK(handed_on);
    CHECK(strstr(check_mail(t, "apart@app.test"), "token=handed-on") != NULL);
}

static enum err add_poison(struct db_session *session, UNUSED void *context)
{
    return outbox_add(session, "payment.returned", "poison", "{}");
}

static enum err refuse_poison(const struct outbox_consumer *consumer,
                              const struct outbox_event *event, struct outbox_delivery *delivery,
                              bool *handed_on)
{
    if (event->key == NULL || strcmp(event->key, "poison") != 0)
        return outbox_settings_of(delivery->context).deliver(consumer, event, delivery, handed_on);
    *handed_on = false;
    delivery->error = "it makes no sense";
    return ERR_INVALID;
}

static enum err swallow_poison(const struct outbox_consumer *consumer,
                               const struct outbox_event *event, struct outbox_delivery *delivery,
                               bool *handed_on)
{
    enum err err = refuse_poison(consumer, event, delivery, handed_on);
    return err == ERR_INVALID ? ERR_OK : err;
}

// An event of order's that was given up; its id is {event}.
static void set_poison_aside(struct test *t, struct app *order)
{
    CHECK(db_write(order->db, add_poison, NULL) == ERR_OK);
    struct outbox_settings settings = {
        .context = order, .deliver = refuse_poison, .attempts_max = 1};
    i64 attempts;
    CHECK(outbox_drain(order->db, &settings, &attempts) == ERR_OK);
    check_as_staff(t, ROLE_ADMIN);
    check(t, "GET /api/v1/admin/outbox",
          "200 {'items':[{'id':'<event>','topic':'payment.returned','key':'poison',"
          "'last_error':'it makes no sense','attempts':1}],'away':[]}");
}

static void drain_poison(struct test *t, struct app *order)
{
    struct outbox_settings settings = {
        .context = order, .deliver = swallow_poison, .attempts_max = 1};
    i64 attempts;
    CHECK(outbox_drain(order->db, &settings, &attempts) == ERR_OK);
    CHECK(attempts >= 1);
}

// What one service gave up is shown by whichever process staff ask, and goes back to where it was.
TEST(outbox_desk)
{
    struct app *order = check_app_of(service_id_order);
    set_poison_aside(t, order);
    check(t, "POST /api/v1/admin/outbox/{event}/retry", "204");
    check(t, "GET /api/v1/admin/outbox", "200 {'items':[],'away':[]}");
    check(t, "POST /api/v1/admin/outbox/{event}/retry", "404");
    drain_poison(t, order);
}

static enum err retry_at(struct test *t, struct app *desk, const char *id)
{
    const struct router *router = check_app()->router;
    const struct handler *handler = NULL;
    for (size_t i = 0; i < router_count(router) && handler == NULL; i++)
        if (str_equal(router_at(router, i)->route->handler->name, "admin_outbox_retry"))
            handler = router_at(router, i)->route->handler;
    assert(handler != NULL);
    struct rq *rq = rq_begin(desk, t->name, 20000);
    const char *json = arena_printf(t->arena, "{\"id\":\"%s\"}", id);
    void *in = arena_alloc(t->arena, handler->in->size);
    enum err err = json_read_known(handler->in, json, strlen(json), &rq->problem, in);
    if (err == ERR_OK)
        err = handler->run(rq, in, &(struct nothing){0});
    rq_end(rq);
    return err;
}

// Of a process with an outbox of its own, order is the only peer that answers.
TEST(outbox_desk_with_others_away)
{
    struct app *order = check_app_of(service_id_order);
    const char *was = order->config.peer_key;
    struct app desk = {
        .arena = t->arena, .config = order->config, .services = 1 << service_id_user};
    struct problem problem = {.arena = t->arena};
    const struct db_settings settings = {
        .url = "sqlite::memory:", .readers = 1, .wait_ms = MINUTE_MS};
    struct migration_set every = migrations_every();
    set_poison_aside(t, order);
    order->config.peer_key = desk.config.peer_key = "the key of this test";
    struct buf peers = buf_in(t->arena);
    for (int i = 0; i < service_id_count; i++)
        buf_printf(&peers, "%s=http://127.0.0.1:%d,", service_id_names[i],
                   i == service_id_order ? check_port_of(i) : 1);
    desk.config.peers = buf_as_text(&peers);
    CHECK_I64(peers_new(t->arena, &desk.config, &desk.peers, &problem), ERR_OK);
    CHECK_I64(db_open(&settings, &desk.db, &problem), ERR_OK);
    CHECK_I64(migrate(desk.db, &every, &problem), ERR_OK);
    CHECK_I64(retry_at(t, &desk, check_value("event")), ERR_OK);
    CHECK_I64(retry_at(t, &desk, check_value("event")), ERR_UNAVAILABLE); // one may have it
    order->config.peer_key = was;
    db_close(desk.db);
    peers_free(desk.peers);
    check_as_staff(t, ROLE_ADMIN); // a write after it: what is read next is not older
    check(t, "GET /api/v1/admin/outbox", "200 {'items':[],'away':[]}");
    drain_poison(t, order);
}

TEST(peer_behind_proxies)
{
    struct config *config = &check_app()->config;
    config->trusted_proxies = "10.0.0.10, 127.0.0.11";
    CHECK(!proxy_trusted(config->trusted_proxies, "127.0.0.1"));
    CHECK(!proxy_trusted(config->trusted_proxies, "10.0.0.1"));
    CHECK(proxy_trusted(config->trusted_proxies, "10.0.0.10"));
    CHECK(proxy_trusted(config->trusted_proxies, "127.0.0.11"));
    CHECK(!proxy_trusted("", "127.0.0.1"));
    config->trusted_proxies = "10.1.0.0/16,192.168.4.128/25, fd00:10::/32, 172.16.0.0/33";
    CHECK(proxy_trusted(config->trusted_proxies, "10.1.255.255"));
    CHECK(!proxy_trusted(config->trusted_proxies, "10.2.0.0"));
    CHECK(proxy_trusted(config->trusted_proxies, "192.168.4.128"));
    CHECK(!proxy_trusted(config->trusted_proxies, "192.168.4.127"));
    CHECK(proxy_trusted(config->trusted_proxies, "fd00:10:7::1"));
    CHECK(!proxy_trusted(config->trusted_proxies, "fd00:11::1"));
    CHECK(!proxy_trusted(config->trusted_proxies, "172.16.0.0"));
    CHECK(proxy_trusted("0.0.0.0/0", "203.0.113.9"));
    CHECK(!proxy_trusted("0.0.0.0/0", "::1"));
    CHECK(!proxy_trusted("0.0.0.0/0", "nobody"));
    config->trusted_proxies = "";
}

// Packets to it vanish, as behind a cable that was cut: the kernel connects, and nobody ever reads.
TEST(peer_hangs)
{
    char error[LISTEN_ERROR_SIZE];
    int silent = listen_open("127.0.0.1:0", error);
    struct probe probe;
    struct app app = {.arena = t->arena, .config = check_app()->config};
    struct problem problem = {.arena = t->arena};
    probe_start(&probe, (struct http_settings){0});
    app.config.peers = arena_printf(t->arena, "order=http://127.0.0.1:%d,order=http://127.0.0.1:%d",
                                    listen_port(silent), probe.port);
    CHECK(peers_new(t->arena, &app.config, &app.peers, &problem) == ERR_OK);
    struct rq *rq = rq_begin(&app, "peer_hangs", 2000);
    CHECK(peer_post(rq, service_id_order, "/inline", "{}") == ERR_OK); // the silent one is first
    CHECK(rq_left_ms(rq) > 0 && rq_left_ms(rq) <= 1000);
    rq_end(rq);
    peers_free(app.peers);
    probe_stop(&probe);
    close(silent);
}

// A process that ends whenever it is asked something; and before that was noticed, somebody else
// has asked the next one in turn.
struct dying {
    pthread_t thread;
    struct app *app;
    int listener, asked, failed;
};

static void *die_when_asked(void *context)
{
    struct dying *dying = context;
    int fd;
    while ((fd = accept(dying->listener, NULL, NULL)) >= 0) {
        struct rq *rq = rq_begin(dying->app, "peer_is_gone", 2000);
        dying->asked++;
        dying->failed += peer_post(rq, service_id_order, "/inline", "{}") != ERR_OK;
        rq_end(rq);
        close(fd);
    }
    return NULL;
}

// Who asked a process that is gone asks another one next, whosever turn it is.
TEST(peer_is_gone)
{
    char error[LISTEN_ERROR_SIZE];
    struct probe probe;
    struct app app = {.arena = t->arena, .config = check_app()->config};
    struct dying dying = {.app = &app, .listener = listen_open("127.0.0.1:0", error)};
    struct problem problem = {.arena = t->arena};
    probe_start(&probe, (struct http_settings){0});
    fcntl(dying.listener, F_SETFL, 0); // accept waits
    app.config.threads = 8;
    app.config.peers = arena_printf(t->arena, "order=http://127.0.0.1:%d,order=http://127.0.0.1:%d",
                                    listen_port(dying.listener), probe.port);
    CHECK(peers_new(t->arena, &app.config, &app.peers, &problem) == ERR_OK);
    int started = pthread_create(&dying.thread, NULL, die_when_asked, &dying);
    assert(started == 0);
    struct rq *rq = rq_begin(&app, "peer_is_gone", 2000);
    CHECK(peer_post(rq, service_id_order, "/inline", "{}") == ERR_OK); // the dying one is first
    rq_end(rq);
    shutdown(dying.listener, SHUT_RDWR);
    pthread_join(dying.thread, NULL);
    CHECK_I64(dying.asked, 1);
    CHECK_I64(dying.failed, 0);
    peers_free(app.peers);
    probe_stop(&probe);
    close(dying.listener);
}

// One process is of the version before and does not have the CALL; the other one does.
TEST(peer_of_the_version_before)
{
    struct probe probe;
    const char **key = &check_app()->config.peer_key, *was = *key;
    *key = "the key of this test"; // one process has none
    struct app app = {.arena = t->arena, .config = check_app()->config};
    struct problem problem = {.arena = t->arena};
    probe_start(&probe, (struct http_settings){0});
    app.config.peers = arena_printf(t->arena, "order=http://127.0.0.1:%d,order=http://127.0.0.1:%d",
                                    check_port(), probe.port);
    app.config.threads = 2;
    CHECK(peers_new(t->arena, &app.config, &app.peers, &problem) == ERR_OK);
    struct rq *rq = rq_begin(&app, "peer_of_the_version_before", 2000);
    for (int i = 0; i < 4; i++)
        CHECK(peer_post(rq, service_id_order, "/inline", "{}") == ERR_OK);
    rq_end(rq);
    peers_free(app.peers);
    probe_stop(&probe);
    *key = was;
    check(t, "POST /internal/v1/nothing {}", "405");  // nothing but storefront pages is there
    CHECK(check_header(PEER_UNKNOWN_HEADER) == NULL); // nobody else is told
}

// What is refused for the key is not taken for what is not there: that would be believed.
TEST(peer_with_another_key)
{
    struct app app = {.arena = t->arena, .config = check_app()->config};
    struct problem problem = {.arena = t->arena};
    app.config.peer_key = "a key of nobody else";
    app.config.peers = arena_printf(t->arena, "user=http://127.0.0.1:%d", check_port());
    CHECK(peers_new(t->arena, &app.config, &app.peers, &problem) == ERR_OK);
    struct rq *rq = rq_begin(&app, t->name, 5000);
    CHECK_I64(peer_post(rq, service_id_user, PEER_PATH "session_find", "{}"), ERR_UNAVAILABLE);
    rq_end(rq);
    peers_free(app.peers);
}

#define TRACE_ID "4bf92f3577b34da6a3ce929d0e0e4736"

// The caller's trace goes on under a span of ours, and begins here when there is none.
TEST(trace_is_told_in_the_reply)
{
    check(t, "POST /api/v1/carts\ntraceparent: 00-" TRACE_ID "-00f067aa0ba902b7-01\n{}", "201");
    const char *told = check_header("traceresponse");
    CHECK(told != NULL && str_starts(told, "00-" TRACE_ID "-") && str_ends(told, "-01"));
    CHECK(told != NULL && strstr(told, "00f067aa0ba902b7") == NULL);
    check(t, "POST /api/v1/carts\ntraceparent: 00-" TRACE_ID "-01\n{}", "201");
    told = check_header("traceresponse");
    CHECK(told != NULL && strlen(told) == 55 && strstr(told, TRACE_ID) == NULL);
    check(t, "GET /api/v1/nothing/here", "404");
    CHECK(check_header("traceresponse") != NULL);
}

// What a consumer of the test was given.
static char consumed_in[33];
CONSUMER(trace_told, "trace_test.told", nothing)
{
    snprintf(consumed_in, sizeof consumed_in, "%s", rq->trace.id);
    return ERR_OK;
}
STEP(tell_trace, nothing, nothing)
{
    return outbox_add(rq->db, "trace_test.told", NULL, "{}");
}

TEST(trace_goes_on_in_what_follows)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    trace_begin(&rq->trace, "00-" TRACE_ID "-00f067aa0ba902b7-01", NULL, rq->arena);
    trace_set_current(&rq->trace);
    CHECK(tell_trace(rq, &(struct nothing){0}, &(struct nothing){0}) == ERR_OK);
    trace_set_current(NULL);
    rq_end(rq);
    check_deliver(t);
    CHECK_TEXT(consumed_in, TRACE_ID);
}
