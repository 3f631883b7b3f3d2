// Tests of what the processes of the product service share: documents in Memcached, and the news of
// a change. The nodes are real; data/cache_test.c is about them.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/check.h"
#include "app/declare.h"
#include "core/str.h"
#include "core/time.h"
#include "data/cache.h"
#include "data/test_memcached.h"
#include "services/product/warm.h"

enum { SEEN_MS = 1000 }; // less than L1 keeps a reply; how fast it is, bench/caches.py measures

static struct test_memcached nodes[2];

static void start_two(struct test *t)
{
    test_memcached_start(&nodes[0]);
    test_memcached_start(&nodes[1]);
    const char *list = arena_printf(t->arena, "%s, %s", nodes[0].address, nodes[1].address);
    check_beside_start(1, service_id_product, list);
    check_beside_start(2, service_id_product, list);
    check_as_staff(t, ROLE_CATALOG);
}

static void stop_two(void)
{
    check_beside_stop();
    test_memcached_stop(&nodes[0]);
    test_memcached_stop(&nodes[1]);
}

// Remembered as {product} and {variant}; the handle sets it apart.
static void make_lamp(struct test *t, const char *handle)
{
    check_remember("handle", handle);
    check(t,
          "POST /api/v1/admin/products {'title':'Brass Lamp','handle':'{handle}','status':'active',"
          "'description_html':'<p>It <b>shines</b>.</p>','tags':['brass'],'options':['Size'],"
          "'categories':['Home > Lamps'],'variants':["
          "{'sku':'{handle}-s','options':['S'],'price_minor':4900,'tracked':true,'stock':3},"
          "{'sku':'{handle}-l','options':['L'],'price_minor':6900,'compare_at_minor':7900}],"
          "'images':[{'url':'https://img.example/lamp.jpg','alt':'A lamp'}],"
          "'attributes':[{'code':'{handle}-metal','label':'Metal','value':'Brass'}]}",
          "201 {'id':'<product>','variants':[{'id':'<variant>'},{}]}");
}

static struct cache_counts counts_of(int number)
{
    struct cache_counts counts;
    cache_counts(check_beside_app(number)->cache, &counts);
    return counts;
}

// Asks until the answer has the words, as long as a change may take to be seen.
static bool shows(struct test *t, const char *request, const char *words)
{
    i64 until_ms = monotonic_ms() + SEEN_MS;
    do {
        if (check_ask(t, request) == 200 && strstr(check_body(), words) != NULL)
            return true;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    } while (monotonic_ms() < until_ms);
    return false;
}

TEST(version_document_is_what_the_rows_are)
{
    start_two(t);
    make_lamp(t, "kept-lamp");
    check(t, "GET /api/v1/products/kept-lamp", "200 {'handle':'kept-lamp'}");
    const char *rows = check_body();
    check_through(1);
    check(t, "GET /api/v1/products/kept-lamp", "200 {'handle':'kept-lamp'}");
    CHECK_TEXT(check_body(), rows);
    CHECK_I64(counts_of(1).stored, 1);
    CHECK(str_starts(check_header("Surrogate-Key"), "catalogue product-"));
    check_through(2);
    check(t, "GET /api/v1/products/kept-lamp", "200 {'handle':'kept-lamp'}");
    CHECK_TEXT(check_body(), rows);
    CHECK_I64(counts_of(2).hits, 1);
    CHECK_I64(counts_of(2).stored, 0);
    stop_two();
}

TEST(version_change_is_seen_by_every_process)
{
    start_two(t);
    make_lamp(t, "news-lamp");
    int in_time = 0; // a busy machine may be late now and then
    for (int i = 1; i <= 10 && in_time < 3; i++) {
        const char *price = arena_printf(t->arena, "%d", 4000 + i);
        const char *shown = arena_printf(t->arena, "\"price_minor\":%s", price);
        check_through(2); // into its L1, where it would stay for two seconds
        check(t, "GET /api/v1/products/news-lamp", "200");
        check(t, "GET /api/v1/products?q=brass+lamp", "200");
        check_remember("price", price);
        check_through(1);
        check(t, "PATCH /api/v1/admin/variants/{variant} {'price_minor':{price}}", "200");
        check_through(2);
        bool one = shows(t, "GET /api/v1/products/news-lamp", shown);
        in_time += shows(t, "GET /api/v1/products?q=brass+lamp", shown) && one;
    }
    CHECK_I64(in_time, 3);
    CHECK(counts_of(1).announced >= 3 && counts_of(2).heard >= 3);
    stop_two();
}

// An attribute's words are those of every product that has it, so all of them have changed.
TEST(version_label_is_seen_on_every_product)
{
    start_two(t);
    check_through(1);
    make_lamp(t, "label-lamp");
    check(t, "GET /api/v1/products/label-lamp", "200 {'attributes':[{'label':'Metal'}]}");
    check(t,
          "POST /api/v1/admin/products {'title':'Other','handle':'label-other','status':'active',"
          "'variants':[{'sku':'label-other','price_minor':1}],'attributes':"
          "[{'code':'label-lamp-metal','label':'Alloy','value':'Tin'}]}",
          "201");
    check(t, "GET /api/v1/products/label-lamp", "200 {'attributes':[{'label':'Alloy'}]}");
    check(t, "GET /api/v1/products?q=label-lamp-s",
          "200 {'items':[{'attributes':[{'label':'Alloy'}]}]}");
    stop_two();
}

// Without Memcached each process reads the rows, and sees the others' changes when it follows.
TEST(version_is_right_without_memcached)
{
    start_two(t);
    make_lamp(t, "gone-lamp");
    check_through(2);
    check(t, "GET /api/v1/products/gone-lamp", "200");
    test_memcached_stop(&nodes[0]);
    test_memcached_stop(&nodes[1]);
    check_through(1);
    check(t, "PATCH /api/v1/admin/variants/{variant} {'price_minor':4001}", "200");
    check(t, "GET /api/v1/products/gone-lamp", "200 {'price_minor':4001}");
    check_through(2);
    CHECK(job_run(check_beside_app(2), "product_follow") == ERR_OK);
    check(t, "GET /api/v1/products/gone-lamp", "200 {'price_minor':4001}");
    stop_two();
}

// The way of /data: the database once, then Memcached, then each process's L1; a change makes all
// of them old.
TEST(data_comes_from_cache_then_database)
{
    check_apart(t); // the figures are of all that tests have made
    start_two(t);
    make_lamp(t, "data-lamp");
    check_through(1);
    check(t, "GET /data", "200 {'products':'<products>','prices':['...']}");
    CHECK_TEXT(check_header("X-Cache"), "miss");
    const char *figures = check_body();
    check(t, "GET /data", "200");
    CHECK_TEXT(check_header("X-Cache"), "hit");
    check_through(0);
    check(t, "GET /data", "200");
    CHECK_TEXT(check_body(), figures);
    check_through(1);
    check(t, "PATCH /api/v1/admin/products/{product} {'published':false}", "200");
    check(t, "GET /data", "200 {'products':'<fewer>'}");
    CHECK_TEXT(check_header("X-Cache"), "miss");
    CHECK_I64(strtol(check_value("fewer"), NULL, 10),
              strtol(check_value("products"), NULL, 10) - 1);
    figures = check_body();
    check_through(2);
    CHECK(shows(t, "GET /data", figures)); // once it has heard
    CHECK_TEXT(check_header("X-Cache"), "hit");
    CHECK_TEXT(check_header("Surrogate-Key"), "catalogue");
    CHECK_TEXT(check_header("Cache-Control"), "public, max-age=5, stale-if-error=3600");
    stop_two();
}

// While the database does not answer, a product is shown as Memcached has it, and marked so.
TEST(version_shows_a_copy_without_the_database)
{
    check_apart(t); // apart, the stock is somebody else's
    start_two(t);
    make_lamp(t, "copy-lamp");
    check_through(1);
    check(t, "GET /api/v1/products?q=copy-lamp-s", "200 {'total':1}"); // the model is there
    check(t, "GET /api/v1/products/copy-lamp", "200 {'price_minor':4900}");
    CHECK(check_header("X-Cache") == NULL);
    struct app *app = check_beside_app(1);
    reply_cache_drop(app, "catalogue");
    db_fail_at(app->db, 1);
    check(t, "GET /api/v1/products/copy-lamp",
          "200 {'price_minor':4900,'description_html':'<p>It <b>shines</b>.</p>',"
          "'categories':[{'path':'Home > Lamps'}]}");
    CHECK_TEXT(check_header("X-Cache"), "stale");
    CHECK(check_header("Age") != NULL && check_header("Warning") != NULL);
    check(t, "GET /api/v1/products/copy-lamp", "200"); // what L1 has of it says so too
    CHECK_TEXT(check_header("X-Cache"), "stale");
    reply_cache_drop(app, "catalogue");
    check(t, "GET /api/v1/products/copy-lamp", "200 {'price_minor':4900}");
    CHECK(check_header("X-Cache") == NULL);
    reply_cache_drop(app, "catalogue");
    db_fail_at(app->db, 1);
    check(t, "GET /products/copy-lamp\nAccept: text/html", "200");
    CHECK_TEXT(check_header("X-Cache"), "stale");
    db_fail_at(app->db, 1);
    check(t, "GET /api/v1/products/no-such-lamp", "503");
    stop_two();
}

// What was ordered most comes first, then the merchant's ranking; what is there already is left.
TEST(version_warms_the_popular)
{
    struct warm_summary sum;
    start_two(t);
    make_lamp(t, "warm-lamp");
    make_lamp(t, "warmer-lamp");
    for (int round = 0; round < 2; round++) {
        struct rq *rq = rq_begin(check_beside_app(1), "warm", MINUTE_MS);
        CHECK(products_warm(rq, 2, &sum) == ERR_OK);
        CHECK_I64(sum.products, 2);
        CHECK_I64(round == 0 ? sum.put : sum.found, 2);
        CHECK(!sum.unsold);
        rq_end(rq);
    }
    stop_two();
}
