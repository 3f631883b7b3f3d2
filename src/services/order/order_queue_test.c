// Tests of orders that wait for their turn, and of following them. Orders otherwise: order_test.c.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/app.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/order/fixture.h"
#include "services/order/lease.h"
#include "services/order/order_queue.h"

enum { OFF_MS = 600000 };

// From now on every order waits.
static void be_slow(void)
{
    check_app()->config.checkout_queue_ms = 0;
}

static void be_quick(void)
{
    check_app()->config.checkout_queue_ms = OFF_MS;
}

static void serve_queue(struct test *t)
{
    CHECK(job_run(check_app(), "order_queue") == ERR_OK);
}

// A cart with so many of a SKU, ordered under a key of the same name; the order is "order", its
// token "token".
static void order_some(struct test *t, const char *sku, int quantity, const char *key,
                       const char *expected)
{
    cart_with(t, sku, quantity);
    order_cart(t, key, "tok_ok", expected);
}

// As the report has it of the shop's own currency.
static i64 waiting_payment(struct test *t)
{
    static const char field[] = "\"waiting_payment\":";
    check_as_staff(t, ROLE_ORDERS);
    check(t, "GET /api/v1/admin/reports/sales?days=1", "200");
    const char *at = strstr(check_body(), field);
    check_headers(t, "");
    CHECK(at != NULL);
    return at != NULL ? strtoll(at + strlen(field), NULL, 10) : -1;
}

// The list of what is pending does not show it, so the report must not count it.
TEST(queue_order_waits_for_its_turn_not_for_its_payment)
{
    i64 before = waiting_payment(t);
    order_begin(t, "QUE-W", 5);
    be_slow();
    order_cart(t, "que-w", "tok_down", "202 {'id':'<order>','state':'prepared'}");
    be_quick();
    CHECK_I64(waiting_payment(t), before);
    serve_queue(t);
    CHECK_I64(waiting_payment(t), before + 1);
}

TEST(queue_order_waits_and_is_paid)
{
    const char *before = check_audit(t); // other tests leave payments without orders
    order_begin(t, "QUE-A", 5);
    be_slow();
    order_cart(t, "que-a", "tok_ok",
               "202 {'id':'<order>','state':'prepared','queue_position':1,'refusal':null,"
               "'access_token':'<token>','history':[{'state':'prepared'}]}");
    be_quick();
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'state':'prepared','queue_position':1}");
    // Nobody overtakes: who comes now waits too.
    order_some(t, "QUE-A", 1, "que-a-2",
               "202 {'id':'<second>','access_token':'<second_token>','queue_position':2}");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/stock/QUE-A", "200 {'on_hand':5,'reserved':0}");
    check_headers(t, "");
    serve_queue(t);
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'state':'paid','queue_position':null,"
          "'history':[{'state':'prepared'},{'state':'paid'}]}");
    check(t, "GET /api/v1/orders/{second}?token={second_token}", "200 {'state':'paid'}");
    cart_with(t, "QUE-A", 1);
    order_cart(t, "que-a-3", "tok_ok", "201 {'state':'paid','queue_position':null}");
    CHECK_TEXT(check_audit(t), before);
}

TEST(queue_key_gets_the_first_answer)
{
    order_begin(t, "QUE-B", 5);
    be_slow();
    order_cart(t, "que-b", "tok_ok", "202 {'id':'<order>','queue_position':1}");
    const char *first = arena_text(t->arena, check_body());
    order_cart(t, "que-b", "tok_ok", "202");
    CHECK_TEXT(check_body(), first);
    be_quick();
    serve_queue(t);
    order_cart(t, "que-b", "tok_ok", "202 {'id':'{order}','state':'prepared'}");
    CHECK_TEXT(check_body(), first);
    order_cart(t, "que-b", "tok_declined", "422 {'code':'idempotency_mismatch'}");
    check_as_staff(t, ROLE_CATALOG | ROLE_ORDERS);
    check(t, "GET /api/v1/admin/stock/QUE-B", "200 {'on_hand':3,'reserved':0}");
    check(t, "GET /api/v1/admin/orders?q=QUE-B", "200 {'items':[{'state':'paid'}]}");
}

// Three want what two can have: the one in the middle wants more than is left by then.
TEST(queue_first_come_first_served)
{
    check_apart(t);                      // who of those served together is sold to first is chance
    const char *before = check_audit(t); // other tests leave payments without orders
    order_begin(t, "QUE-C", 3);
    be_slow();
    order_cart(t, "que-c-1", "tok_ok", "202 {'id':'<first>','access_token':'<first_token>'}");
    order_some(t, "QUE-C", 2, "que-c-2",
               "202 {'id':'<second>','access_token':'<second_token>','queue_position':2}");
    check_remember("sad", check_value("cart"));
    order_some(t, "QUE-C", 1, "que-c-3",
               "202 {'id':'<third>','access_token':'<third_token>','queue_position':3}");
    be_quick();
    serve_queue(t);
    check(t, "GET /api/v1/orders/{first}?token={first_token}", "200 {'state':'paid'}");
    check(t, "GET /api/v1/orders/{second}?token={second_token}",
          "200 {'state':'cancelled','refusal':'out_of_stock','queue_position':null,"
          "'history':[{},{'state':'cancelled','note':'not enough in stock'}]}");
    check(t, "GET /api/v1/orders/{third}?token={third_token}", "200 {'state':'paid'}");
    check(t, "GET /api/v1/carts/{sad}", "200 {'items':[{'quantity':2}]}");
    check_as_staff(t, ROLE_CATALOG);
    check(t, "GET /api/v1/admin/stock/QUE-C", "200 {'on_hand':0,'reserved':0}");
    CHECK_TEXT(check_audit(t), before);
}

// Who was told that the order is accepted, and is away by now, hears the end by mail.
TEST(queue_refusals_are_mailed)
{
    const char *before = check_audit(t); // other tests leave payments without orders
    order_begin(t, "QUE-D", 5);
    goods_stock(t, "QUE-D", 1);
    be_slow();
    order_cart(t, "que-d", "tok_ok", "202 {'id':'<order>','access_token':'<token>'}");
    be_quick();
    serve_queue(t);
    CHECK(strstr(check_mail(t, "Ada@Example.org"), "sold out") != NULL);
    goods_stock(t, "QUE-D", 5);
    be_slow();
    cart_with(t, "QUE-D", 1);
    order_cart(t, "que-d-2", "tok_declined", "202 {'id':'<order>','access_token':'<token>'}");
    be_quick();
    serve_queue(t);
    CHECK(strstr(check_mail(t, "Ada@Example.org"), "declined") != NULL);
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'state':'declined','refusal':'payment_declined'}");
    CHECK_TEXT(check_audit(t), before);
}

// An order whose provider is away leaves the queue with its stock held.
TEST(queue_provider_away)
{
    const char *before = check_audit(t); // other tests leave payments without orders
    order_begin(t, "QUE-E", 5);
    be_slow();
    order_cart(t, "que-e", "tok_down", "202 {'id':'<order>','access_token':'<token>'}");
    be_quick();
    serve_queue(t);
    check(t, "GET /api/v1/orders/{order}?token={token}",
          "200 {'state':'pending_payment','queue_position':null}");
    cart_with(t, "QUE-E", 1);
    order_cart(t, "que-e-2", "tok_ok", "201");
    check_as_staff(t, ROLE_ORDERS);
    check(t, "POST /api/v1/admin/orders/{order}/cancel {}", "200");
    CHECK_TEXT(check_audit(t), before);
}

TEST(queue_staff_cancel_who_waits)
{
    const char *before = check_audit(t); // other tests leave payments without orders
    order_begin(t, "QUE-F", 5);
    be_slow();
    order_cart(t, "que-f", "tok_ok", "202 {'id':'<order>','access_token':'<token>'}");
    be_quick();
    check_as_staff(t, ROLE_ORDERS | ROLE_CATALOG);
    check(t, "POST /api/v1/admin/orders/{order}/cancel {'reason':'by phone'}",
          "200 {'state':'cancelled','refusal':null}");
    serve_queue(t);
    check(t, "GET /api/v1/admin/stock/QUE-F", "200 {'on_hand':5,'reserved':0}");
    check_headers(t, "");
    cart_with(t, "QUE-F", 1);
    order_cart(t, "que-f-2", "tok_ok", "201");
    CHECK_TEXT(check_audit(t), before);
}

// The queue as a process leaves it that dies in its turn: the turn is taken, the order leased.
#define DEAD_TURN(F, S)                                                                            \
    F(S, text, process, .doc = "That is gone.")                                                    \
    F(S, time, due_at, .doc = "When its leases end.")
SHAPE(dead_turn, DEAD_TURN);
QUERY_RUN(spoil_turn, dead_turn,
          "UPDATE order_queue_lease SET lease_owner = NULL, lease_process = :process,"
          " due_at = :due_at");
QUERY_RUN(spoil_heads, dead_turn,
          "UPDATE orders SET lease_owner = id, lease_process = :process, due_at = :due_at"
          " WHERE id IN (SELECT order_id FROM order_queue)");
STEP(die_in_turn, dead_turn, nothing)
{
    enum err err = spoil_turn(rq, in, NULL);
    return err == ERR_OK ? spoil_heads(rq, in, NULL) : err;
}

static void leave_dead_turn(struct test *t, const char *process)
{
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct dead_turn dead = {.process = process, .due_at = time_now_ms() + 3000};
    CHECK(die_in_turn(rq, &dead, &(struct nothing){0}) == ERR_OK);
    rq_end(rq);
}

TEST(queue_goes_on_after_a_death)
{
    const char *before = check_audit(t); // other tests leave payments without orders
    // Of this machine, by its name, and gone: no process was started at the time 1.
    const char *here = lease_process();
    const char *gone = arena_printf(t->arena, "%.*s:1:1", (int)strcspn(here, ":"), here);
    order_begin(t, "QUE-G", 3);
    be_slow();
    order_cart(t, "que-g-1", "tok_ok", "202 {'id':'<first>','access_token':'<first_token>'}");
    order_some(t, "QUE-G", 2, "que-g-2", "202 {'id':'<second>','access_token':'<second_token>'}");
    be_quick();
    leave_dead_turn(t, gone);
    // What waits for its turn is not the sweeper's, but it ends the leases of the dead.
    order_sweep(t, 0);
    check(t, "GET /api/v1/orders/{first}?token={first_token}", "200 {'state':'prepared'}");
    serve_queue(t);
    check(t, "GET /api/v1/orders/{first}?token={first_token}", "200 {'state':'paid'}");
    check(t, "GET /api/v1/orders/{second}?token={second_token}",
          "200 {'state':'cancelled','refusal':'out_of_stock'}");
    CHECK_TEXT(check_audit(t), before);
}

// A machine that is gone cannot be asked: its leases end by time.
TEST(queue_goes_on_after_a_machine)
{
    order_begin(t, "QUE-H", 5);
    be_slow();
    order_cart(t, "que-h", "tok_ok", "202 {'id':'<order>','access_token':'<token>'}");
    be_quick();
    leave_dead_turn(t, "elsewhere:1:1");
    order_sweep(t, 0);
    time_shift_ms(3001);
    serve_queue(t);
    time_shift_ms(0);
    check(t, "GET /api/v1/orders/{order}?token={token}", "200 {'state':'paid'}");
}

QUERY_RUN(pass_turn, dead_turn,
          "UPDATE order_queue_lease SET lease_owner = NULL, lease_process = :process,"
          " due_at = :due_at");
QUERY_RUN(put_heads_back, dead_turn,
          "UPDATE orders SET lease_owner = NULL, due_at = NULL"
          " WHERE id IN (SELECT order_id FROM order_queue)");
STEP(pass_on, dead_turn, nothing)
{
    enum err err = pass_turn(rq, in, NULL);
    return err == ERR_OK ? put_heads_back(rq, in, NULL) : err;
}

static void *take_turn(void *context)
{
    enum err *err = context;
    *err = job_run(check_app(), "order_queue");
    return NULL;
}

// Waits until so many of a process's workers are busy and so many checkouts wait for one.
static void wait_for_pool(const struct app *app, int running, size_t queued)
{
    struct pool_counts counts = {.running = -1};
    i64 until_ms = monotonic_ms() + MINUTE_MS;
    while ((counts.running != running || counts.queued[POOL_CHECKOUT] != queued) &&
           monotonic_ms() < until_ms)
        pool_counts(app->pool, &counts);
}

// A turn that waits for the stock of its first order; in one process nobody waits.
static void keep_turn_waiting(struct test *t, struct app *inventory, pthread_t *thread,
                              enum err *err)
{
    int threads = config_buying_threads(&inventory->config);
    if (inventory == check_app())
        return;
    for (int i = 0; i < threads; i++)
        check_keep_worker(t, inventory, POOL_CHECKOUT);
    wait_for_pool(inventory, threads, 0);
    int started = pthread_create(thread, NULL, take_turn, err);
    assert(started == 0);
    wait_for_pool(inventory, threads, 1);
}

// Whoever takes a turn over that takes too long puts its orders back.
TEST(queue_turn_that_passed_on)
{
    struct app *inventory = check_app_of(service_id_inventory);
    struct rq *rq = rq_begin(check_app(), t->name, 5000);
    struct dead_turn passed = {.process = lease_process()};
    enum err err = ERR_CONFLICT;
    pthread_t thread;
    order_begin(t, "QUE-P", 3);
    be_slow();
    order_cart(t, "que-p", "tok_ok", "202 {'id':'<order>','access_token':'<token>'}");
    be_quick();
    keep_turn_waiting(t, inventory, &thread, &err);
    CHECK(pass_on(rq, &passed, &(struct nothing){0}) == ERR_OK);
    rq_end(rq);
    check_free_workers();
    if (inventory != check_app())
        pthread_join(thread, NULL);
    CHECK(err == ERR_CONFLICT);
    serve_queue(t);
    check(t, "GET /api/v1/orders/{order}?token={token}", "200 {'state':'paid'}");
}

// Whatever statement fails while the queue is served: who came first is served first, later.
TEST(queue_survives_any_failing_statement)
{
    check_apart(t);
    const char *before = check_audit(t);
    for (u32 nth = 1; nth <= 40; nth++) {
        order_begin(t, "QUE-L", 3);
        be_slow();
        order_cart(t, arena_printf(t->arena, "que-l-%u-1", nth), "tok_ok",
                   "0 {'id':'<first>','access_token':'<first_token>'}");
        order_some(t, "QUE-L", 2, arena_printf(t->arena, "que-l-%u-2", nth),
                   "0 {'id':'<second>','access_token':'<second_token>'}");
        be_quick();
        db_fail_at(check_app()->db, nth);
        enum err err = job_run(check_app(), "order_queue");
        (void)err; // whether it noticed or not
        db_fail_at(check_app()->db, 0);
        time_shift_ms(11 * SECOND_MS); // past leases that could not be given back
        serve_queue(t);
        time_shift_ms(0);
        order_sweep(t, 30 * SECOND_MS); // those whose stock was asked for already
        serve_queue(t);                 // takes them out
        check(t, "GET /api/v1/orders/{first}?token={first_token}", "0 {'state':'paid'}");
        check(t, "GET /api/v1/orders/{second}?token={second_token}",
              "0 {'state':'cancelled','refusal':'out_of_stock'}");
    }
    CHECK_TEXT(check_audit(t), before);
}

// Following.

struct follower {
    pthread_t thread;
    struct arena *arena;
    const char *request, *told;
};

static void *follow(void *context)
{
    struct follower *follower = context;
    follower->told =
        check_raw_at(check_port(), follower->arena, follower->request, strlen(follower->request));
    return NULL;
}

// Follows "order" on a connection of its own, until the shop ends it.
static struct follower *follower_of(struct test *t, const char *last_event_id)
{
    struct follower *follower = ARENA_NEW(t->arena, struct follower);
    follower->arena = arena_new(MIB(4));
    const char *last =
        last_event_id != NULL ? arena_printf(t->arena, "Last-Event-ID: %s\r\n", last_event_id) : "";
    follower->request =
        arena_printf(t->arena,
                     "GET /api/v1/orders/%s/events?token=%s HTTP/1.1\r\nHost: shop\r\n%s"
                     "Connection: close\r\n\r\n",
                     check_value("order"), check_value("token"), last);
    int started = pthread_create(&follower->thread, NULL, follow, follower);
    assert(started == 0);
    return follower;
}

static const char *all_told(struct test *t, struct follower *follower)
{
    pthread_join(follower->thread, NULL);
    const char *told = arena_text(t->arena, follower->told);
    arena_free(follower->arena);
    return told;
}

static void wait_for_streams(struct test *t, i64 count)
{
    for (int i = 0; i < 3000 && check_metric(t, "souk_event_streams") != count; i++)
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    CHECK_I64(check_metric(t, "souk_event_streams"), count);
}

TEST(zx_events_follow_an_order)
{
    order_begin(t, "QUE-I", 5);
    be_slow();
    order_some(t, "QUE-I", 1, "que-i-0", "202");
    cart_with(t, "QUE-I", 1);
    order_cart(t, "que-i", "tok_ok", "202 {'id':'<order>','access_token':'<token>'}");
    be_quick();
    struct follower *follower = follower_of(t, NULL), *again = follower_of(t, "1");
    wait_for_streams(t, 2);
    serve_queue(t);
    const char *told = all_told(t, follower);
    CHECK(strstr(told, "HTTP/1.1 200 OK\r\n") == told);
    CHECK(strstr(told, "Content-Type: text/event-stream\r\n") != NULL);
    CHECK(strstr(told, "X-Accel-Buffering: no\r\n") != NULL);
    CHECK(strstr(told, "Cache-Control: no-store\r\n") != NULL);
    CHECK(strstr(told, "retry: ") != NULL);
    const char *first = strstr(told, "id: 1\nevent: state\ndata: {\"state\":\"prepared\",");
    CHECK(first != NULL && strstr(first, "\"queue_position\":2,") != NULL);
    const char *last = strstr(told, "id: 2\nevent: state\ndata: {\"state\":\"paid\",");
    CHECK(last != NULL && first < last);
    CHECK(strstr(last != NULL ? last : told, "\"queue_position\":null,\"refusal\":null}\n\n") !=
          NULL);
    CHECK(str_ends(told, "\r\n0\r\n\r\n"));
    // Who comes back with the first event is told the second alone.
    told = all_told(t, again);
    CHECK(strstr(told, "id: 1\n") == NULL && strstr(told, "id: 2\n") != NULL);
    wait_for_streams(t, 0);
    // Nothing can follow: a browser that comes back once more stops.
    told = all_told(t, follower_of(t, "2"));
    CHECK(strstr(told, "HTTP/1.1 204 ") == told);
    // Who comes for the first time is told how it ended.
    told = all_told(t, follower_of(t, NULL));
    CHECK(strstr(told, "id: 2\nevent: state\n") != NULL && strstr(told, "id: 1\n") == NULL);
    CHECK(str_ends(told, "\r\n0\r\n\r\n"));
    // Nonsense is no id.
    told = all_told(t, follower_of(t, "9999"));
    CHECK(strstr(told, "id: 2\nevent: state\n") != NULL);
}

TEST(events_are_the_shoppers_alone)
{
    order_begin(t, "QUE-J", 5);
    order_cart(t, "que-j", "tok_ok", "201 {'id':'<order>'}");
    check(t, "GET /api/v1/orders/{order}/events", "404");
    check(t, "GET /api/v1/orders/{order}/events?token=x", "404");
    check(t, "GET /api/v1/orders/01890000-0000-7000-8000-000000000000/events?token=x", "404");
    check(t, "POST /api/v1/orders/{order}/events {}", "405");
}

// One order cannot take everybody's place.
TEST(zx_events_have_places)
{
    enum { PLACES = 8 };
    struct follower *followers[PLACES];
    order_begin(t, "QUE-K", 5);
    be_slow();
    order_cart(t, "que-k", "tok_ok", "202 {'id':'<order>','access_token':'<token>'}");
    be_quick();
    for (int i = 0; i < PLACES; i++)
        followers[i] = follower_of(t, NULL);
    wait_for_streams(t, 8);
    check(t, "GET /api/v1/orders/{order}/events?token={token}", "503 {'code':'busy'}");
    CHECK_TEXT(check_header("Retry-After"), "5");
    serve_queue(t);
    for (int i = 0; i < PLACES; i++)
        CHECK(strstr(all_told(t, followers[i]), "\"state\":\"paid\"") != NULL);
    wait_for_streams(t, 0);
}

// As many browse as there is room for, and more: they are refused, and carts and orders are not.
TEST(queue_browsing_is_refused_first)
{
    enum { BROWSERS = 8 };
    struct app *app = check_app();
    check_apart(t); // in one process alone the routes are of the same one
    order_begin(t, "BUSY-A", 5);
    check_as_staff(t, ROLE_ORDERS);
    for (int i = 0; i < BROWSERS; i++)
        check_keep_worker(t, app, POOL_BROWSING);
    usleep((useconds_t)(app->config.queue_target_ms + 50) * 1000);
    check(t, "GET /api/v1/admin/coupons", "503 {'code':'busy'}");
    check_headers(t, "");
    order_some(t, "BUSY-A", 1, "busy-a", "201 {'state':'paid'}");
    check_free_workers();
    check_as_staff(t, ROLE_ORDERS);
    check(t, "GET /api/v1/admin/coupons", "200");
}
