// The export's promise: exported, imported into an empty shop and exported again, the bytes are the
// same. And that of generated shops: the same seed, the same bytes.
#include "services/product/export.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/check.h"
#include "core/str.h"
#include "core/test.h"
#include "core/time.h"
#include "services/product/import_run.h"
#include "services/product/seed.h"

#define FIXTURES "tests/fixtures/import/"

static void remove_folder(void *folder)
{
    // Only what app_open makes in an empty folder.
    static const char *const names[] = {"souk.db", "souk.db-wal", "souk.db-shm", "media",
                                        "export.csv"};
    char path[200];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", (const char *)folder, names[i]);
        if (unlink(path) != 0)
            rmdir(path);
    }
    rmdir(folder);
}

static void close_app(void *app)
{
    app_close(app);
}

// An empty shop of its own, on SQLite.
static struct app *open_shop(struct test *t)
{
    struct config config;
    struct problem problem = {.arena = t->arena};
    struct app *app = NULL;
    char *folder = arena_text(t->arena, "/dev/shm/souk-export-XXXXXX");
    bool made = mkdtemp(folder) != NULL;
    arena_defer(t->arena, remove_folder, folder);
    bool read = config_read(t->arena, &config, &problem) == ERR_OK;
    assert(made && read);
    config.data_dir = folder;
    config.database_url = "";
    config.public_url = "http://shop.test";
    config.unsafe = 1;
    if (app_open(&config, &app, &problem) != ERR_OK) {
        test_fail(t, __FILE__, __LINE__, "%s", problem.detail);
        return NULL;
    }
    arena_defer(t->arena, close_app, app);
    return app;
}

static void fail_issue(void *context, const struct import_issue *issue)
{
    struct test *t = context;
    if (issue->bad)
        test_fail(t, __FILE__, __LINE__, "%s:%u: %s", issue->file, issue->line, issue->reason);
}

static void take(struct test *t, struct app *app, const struct import_format *format,
                 const char *file)
{
    struct import_summary sum;
    struct problem problem = {.arena = t->arena};
    struct import_plan plan = {.format = format, .file = file, .issue = fail_issue, .context = t};
    CHECK(import_run(app, &plan, &sum, &problem) == ERR_OK);
}

static const char *give(struct test *t, struct app *app, size_t *length)
{
    struct export_summary sum;
    struct problem problem = {.arena = t->arena};
    const char *path = arena_printf(t->arena, "%s/export.csv", app->data_dir);
    FILE *file = fopen(path, "w+e");
    assert(file != NULL);
    CHECK(export_shopify(app, file, &sum, &problem) == ERR_OK);
    *length = (size_t)ftell(file);
    char *bytes = arena_alloc(t->arena, *length + 1);
    rewind(file);
    bool whole = fread(bytes, 1, *length, file) == *length;
    fclose(file);
    assert(whole);
    return bytes;
}

static void check_round_trip(struct test *t, const struct import_format *format, const char *file)
{
    struct app *first = open_shop(t), *second = open_shop(t);
    size_t length = 0, again_length = 0;
    take(t, first, format, file);
    const char *exported = give(t, first, &length);
    take(t, second, &import_shopify, arena_printf(t->arena, "%s/export.csv", first->data_dir));
    CHECK_TEXT(give(t, second, &again_length), exported);
    CHECK_I64((i64)again_length, (i64)length);
}

TEST(export_comes_back_the_same)
{
    check_round_trip(t, &import_shopify, FIXTURES "shopify-44.csv");
    check_round_trip(t, &import_shopify, FIXTURES "shopify-2024.csv");
    check_round_trip(t, &import_shopify, FIXTURES "shopify-57.csv");
    check_round_trip(t, &import_json, FIXTURES "round-trip.json");
}

static void keep_changes(void *context, const char *handle, const struct put_outcome *outcome)
{
    struct buf *changes = context;
    buf_printf(changes, "%s: %s\n", handle, outcome->changes != NULL ? outcome->changes : "");
}

// In the file attributes are in the order of its columns; in the shop they stay in theirs.
TEST(export_over_its_own_shop_moves_no_attribute)
{
    struct app *app = open_shop(t);
    struct problem problem = {.arena = t->arena};
    struct buf changes = buf_in(t->arena);
    struct import_summary sum;
    size_t length = 0;
    take(t, app, &import_json, FIXTURES "round-trip.json");
    const char *exported = give(t, app, &length);
    CHECK(strstr(exported, ",Age (product.metafields.age),Made in (") != NULL);
    struct import_plan plan = {.format = &import_shopify,
                               .file = arena_printf(t->arena, "%s/export.csv", app->data_dir),
                               .dry_run = true,
                               .done = keep_changes,
                               .context = &changes};
    CHECK(import_run(app, &plan, &sum, &problem) == ERR_OK);
    CHECK(strstr(buf_as_text(&changes), "everything: ") != NULL);
    CHECK(strstr(buf_as_text(&changes), "attributes") == NULL);
}

TEST(slow_export_of_real_files_comes_back_the_same)
{
    static const struct {
        const struct import_format *format;
        const char *file;
    } files[] = {
        {&import_shopify, "../shared/data/shopify/apparel-46.csv"},
        {&import_shopify, "../shared/data/shopify/bicycles-44.csv"},
        {&import_shopify, "../shared/data/shopify/home-and-garden-47.csv"},
        {&import_json, "../shared/data/catalog/electronics.json"},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (access(files[i].file, R_OK) == 0)
            check_round_trip(t, files[i].format, files[i].file);
        else
            printf("skipped: %s is not there\n", files[i].file);
    }
}

TEST(export_writes_the_current_template)
{
    struct app *app = open_shop(t);
    size_t length = 0;
    take(t, app, &import_shopify, FIXTURES "shopify-57.csv");
    const char *exported = give(t, app, &length);
    CHECK(str_starts(exported, "Title,URL handle,Description,Vendor,Product category,Type,Tags,"
                               "Published on online store,Status,SKU,Barcode,Option1 name,"));
    CHECK(strstr(exported, ",Color (product.metafields.shopify.color-pattern)\n") != NULL);
    CHECK(strstr(exported, "Caf\xC3\xA9 Cup,cafe-cup,A cup.,Kiln & Co,Home & Garden > Kitchen,Cups,"
                           "cup,TRUE,Active,CUP-W,4006381333931,Color,White,") != NULL);
    CHECK(strstr(exported, ",white; black\n") != NULL);
}

// Without pictures: who asks for none gets a catalogue without.
static const char *generate(struct test *t, const struct seed_random *random, struct app **app)
{
    struct import_summary sum;
    struct problem problem = {.arena = t->arena};
    struct import_plan plan = {
        .format = &import_random, .file = "seed/catalog.json", .random = random};
    size_t length;
    *app = open_shop(t);
    CHECK(import_run(*app, &plan, &sum, &problem) == ERR_OK);
    CHECK_I64((i64)sum.created, (i64)random->products);
    CHECK_I64((i64)sum.bad, 0);
    return give(t, *app, &length);
}

TEST(seed_random_catalogue)
{
    struct app *app;
    struct import_summary sum;
    struct problem problem = {.arena = t->arena};
    struct seed_random random = {.seed = 7, .products = 40};
    const char *first = generate(t, &random, &app);
    CHECK_TEXT(generate(t, &random, &app), first);
    CHECK(strstr(first, ",GEN-000040-1,") != NULL && strstr(first, ",GEN-000041-1,") == NULL);
    random.products = 50; // more of the same
    struct import_plan plan = {
        .format = &import_random, .file = "seed/catalog.json", .random = &random};
    CHECK(import_run(app, &plan, &sum, &problem) == ERR_OK);
    CHECK_I64((i64)sum.unchanged, 40);
    CHECK_I64((i64)sum.created, 10);
    random = (struct seed_random){.seed = 8, .products = 40};
    CHECK(strcmp(generate(t, &random, &app), first) != 0);
}

static void ask(struct test *t, struct app *app, const char *handler, const char *body,
                struct buf *reply)
{
    struct rq *rq = rq_begin(app, "test", MINUTE_MS);
    if (rq_ask(rq, handler, body, reply) != ERR_OK)
        test_fail(t, __FILE__, __LINE__, "%s: %s", handler, rq->problem.detail);
    rq_end(rq);
}

// Who ordered for how much, newest first.
static const char *orders_of(struct test *t, struct app *app)
{
    struct buf reply = buf_in(t->arena), told = buf_in(t->arena);
    ask(t, app, "order_list", "{\"limit\":100}", &reply);
    json_t *page = json_loads(buf_as_text(&reply), 0, NULL), *order;
    size_t i;
    json_array_foreach(json_object_get(page, "items"), i, order)
    {
        buf_printf(&told, "%s %s %lld\n", json_string_value(json_object_get(order, "number")),
                   json_string_value(json_object_get(order, "email")),
                   json_integer_value(json_object_get(order, "total_minor")));
    }
    json_decref(page);
    return buf_as_text(&told);
}

TEST(seed_random_orders)
{
    const struct seed_random random = {.seed = 7, .products = 20, .orders = 12};
    const char *told[2];
    struct problem problem = {.arena = t->arena};
    for (int i = 0; i < 2; i++) {
        size_t counts[SEED_OUTCOMES] = {0}, again[SEED_OUTCOMES] = {0};
        struct app *app;
        generate(t, &random, &app);
        ask(t, app, "shipping_zone_create",
            "{\"name\":\"All\",\"places\":[{\"country\":\"*\"}],\"rates\":[{\"code\":\"parcel\","
            "\"name\":\"Parcel\",\"basis\":\"flat\",\"currency\":\"EUR\",\"price_minor\":490}]}",
            NULL);
        CHECK(seed_orders(app, &random, counts, NULL, &problem) == ERR_OK);
        CHECK(counts[SEED_PLACED] > 6);
        CHECK(seed_orders(app, &random, again, NULL, &problem) == ERR_OK);
        CHECK_I64((i64)again[SEED_THERE_ALREADY], (i64)counts[SEED_PLACED]);
        told[i] = orders_of(t, app);
    }
    CHECK(strstr(told[0], "@example.com ") != NULL);
    CHECK_TEXT(told[1], told[0]);
}
