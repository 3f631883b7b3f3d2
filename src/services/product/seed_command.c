// `souk seed`: the demo shop out of the binary (seed/ in the sources): catalogue with pictures,
// taxes, shipping, coupons; with --random a generated catalogue instead (seed.h). Running it again
// changes nothing.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/command.h"
#include "app/declare.h"
#include "core/asset.h"
#include "core/str.h"
#include "core/time.h"
#include "services/product/category.h"
#include "services/product/import_run.h"
#include "services/product/media.h"
#include "services/product/seed.h"

static enum err open_picture(UNUSED void *context, const char *name, struct arena *arena,
                             const void **bytes, size_t *length)
{
    const struct asset *asset = asset_find(arena_printf(arena, "seed/%s", name));
    if (asset == NULL)
        return ERR_NOT_FOUND;
    *bytes = asset->bytes;
    *length = asset->length;
    return ERR_OK;
}

static void show_issue(UNUSED void *context, const struct import_issue *issue)
{
    fprintf(stderr, "demo catalogue:%u: %s: %s\n", issue->line,
            issue->column != NULL ? issue->column : "", issue->reason);
}

// An embedded file under a path that a reader of files can open; -1 when it is not in the binary.
static int open_asset(const char *path)
{
    const struct asset *asset = asset_find(path);
    // The readers of imports take a file; this is one without a disk, under /proc/self/fd.
    int fd = asset != NULL ? memfd_create(path, MFD_CLOEXEC) : -1;
    if (fd >= 0 && write(fd, asset->bytes, asset->length) != (ssize_t)asset->length) {
        close(fd);
        return -1;
    }
    return fd;
}

STEP(put_category, category_document, nothing)
{
    return category_put(rq, in);
}

static int seed_category(struct command *command, const json_t *object)
{
    struct rq *rq = rq_begin(command->app, "seed", MINUTE_MS);
    const char *picture = json_string_value(json_object_get(object, "image"));
    struct category_document document = {
        .path = json_string_value(json_object_get(object, "path")),
        .handle = json_string_value(json_object_get(object, "handle")),
    };
    SET(&document, category_document, path, document.path);
    SET(&document, category_document, handle, document.handle);
    SET(&document, category_document, position,
        json_integer_value(json_object_get(object, "position")));
    SET(&document, category_document, description,
        json_string_value(json_object_get(object, "description")));
    const void *bytes;
    size_t length;
    struct media media;
    struct nothing nothing;
    bool there =
        picture != NULL && open_picture(NULL, picture, rq->arena, &bytes, &length) == ERR_OK &&
        media_store(rq->app->media_dir, bytes, length, rq->arena, &media, &rq->problem) == ERR_OK;
    if (there) {
        SET(&document, category_document, media, media.hash);
        SET(&document, category_document, width, media.width);
        SET(&document, category_document, height, media.height);
    }
    enum err err = put_category(rq, &document, &nothing);
    int status = err == ERR_OK ? 0 : command_fail_problem("a category", &rq->problem);
    rq_end(rq);
    return status;
}

// The tree in its own order, with handles, words and pictures; products alone would only name
// paths.
static int seed_categories(struct command *command)
{
    const struct asset *asset = asset_find("seed/catalog.json");
    if (asset == NULL)
        return command_fail("this program was built without the demo catalogue");
    json_t *catalogue = json_loadb((const char *)asset->bytes, asset->length, 0, NULL);
    assert(catalogue != NULL); // tools/seed-check.py has read it
    json_t *categories = json_object_get(catalogue, "categories");
    int status = 0;
    for (size_t i = 0; i < json_array_size(categories) && status == 0; i++)
        status = seed_category(command, json_array_get(categories, i));
    json_decref(catalogue);
    return status;
}

static void show_progress(UNUSED void *context, size_t done, size_t total, UNUSED size_t products)
{
    if (isatty(STDERR_FILENO) == 1)
        fprintf(stderr, done < total ? "\r\033[K%zu of %zu" : "\r\033[K", done, total);
}

// The demo's own catalogue, or one of any size after its model.
static int seed_catalogue(struct command *command, const struct seed_random *random)
{
    int fd = open_asset("seed/catalog.json");
    if (fd < 0)
        return command_fail("this program was built without the demo catalogue");
    struct problem problem = {.arena = command->arena};
    struct import_summary sum = {0};
    struct import_plan plan = {
        .format = random != NULL ? &import_random : &import_json,
        .file = arena_printf(command->arena, "/proc/self/fd/%d", fd),
        .random = random,
        .strict = random == NULL,
        .open_picture = open_picture,
        .issue = show_issue,
        .progress = random != NULL ? show_progress : NULL,
    };
    enum err err = import_run(command->app, &plan, &sum, &problem);
    close(fd);
    if (err != ERR_OK || sum.refused)
        return command_fail_problem("the catalogue", &problem);
    printf("%zu products created, %zu updated, %zu unchanged; %zu variants\n", sum.created,
           sum.updated, sum.unchanged, sum.variants);
    return 0;
}

static int place_orders(struct command *command, const struct seed_random *random)
{
    struct problem problem = {.arena = command->arena};
    size_t counts[SEED_OUTCOMES] = {0};
    if (seed_orders(command->app, random, counts, show_progress, &problem) != ERR_OK)
        return command_fail_problem("orders", &problem);
    printf("%zu orders placed, %zu there already; %zu shoppers found nothing in stock\n",
           counts[SEED_PLACED], counts[SEED_THERE_ALREADY], counts[SEED_SOLD_OUT]);
    return 0;
}

// Only what the route's shape knows, and of optional fields only what says something.
static json_t *fields_of(const struct shape *shape, json_t *object)
{
    json_t *kept = json_object();
    for (size_t i = 0; i < shape->count; i++) {
        json_t *value = json_object_get(object, shape->fields[i].name);
        bool silent = value == NULL || json_is_null(value) ||
                      (json_is_integer(value) && json_integer_value(value) == 0) ||
                      (json_is_string(value) && json_string_length(value) == 0);
        if (value != NULL && !(silent && shape->fields[i].optional))
            json_object_set(kept, shape->fields[i].name, value);
    }
    return kept;
}

enum err seed_ask(struct rq *rq, const char *handler, const json_t *body, json_t **reply)
{
    size_t length = json_dumpb(body, NULL, 0, JSON_COMPACT);
    char *text = arena_alloc(rq->arena, length + 1);
    json_dumpb(body, text, length, JSON_COMPACT);
    struct buf said = buf_in(rq->arena);
    enum err err = rq_ask(rq, handler, text, reply != NULL ? &said : NULL);
    if (err != ERR_OK || reply == NULL)
        return err;
    *reply = json_loadb(said.at, said.length, 0, NULL);
    assert(*reply != NULL); // written by our own shape
    return ERR_OK;
}

// What is there already is no fault.
static int ask(struct command *command, const char *handler, json_t *object)
{
    const struct bound_route *bound = router_by_name(command->app->router, handler);
    assert(bound != NULL); // the staff's routes have these names
    struct rq *rq = rq_begin(command->app, handler, MINUTE_MS);
    json_t *kept = fields_of(bound->route->handler->in, object);
    enum err err = seed_ask(rq, handler, kept, NULL);
    json_decref(kept);
    int status =
        err == ERR_OK || err == ERR_CONFLICT ? 0 : command_fail_problem(handler, &rq->problem);
    rq_end(rq);
    return status;
}

static int ask_each(struct command *command, const char *handler, json_t *objects)
{
    int status = 0;
    for (size_t i = 0; i < json_array_size(objects) && status == 0; i++)
        status = ask(command, handler, json_array_get(objects, i));
    return status;
}

static int seed_shop(struct command *command)
{
    const struct asset *asset = asset_find("seed/shop.json");
    if (asset == NULL)
        return command_fail("this program was built without the demo shop");
    json_t *shop = json_loadb((const char *)asset->bytes, asset->length, 0, NULL);
    assert(shop != NULL); // tools/seed-check.py has read it
    int status = ask(command, "shop_change", json_object_get(shop, "shop"));
    if (status == 0)
        status = ask_each(command, "tax_rate_create", json_object_get(shop, "tax_rates"));
    if (status == 0)
        status = ask_each(command, "shipping_zone_create", json_object_get(shop, "shipping_zones"));
    if (status == 0)
        status = ask_each(command, "coupon_create", json_object_get(shop, "coupons"));
    json_decref(shop);
    return status;
}

// A number from `least` on; false after saying what is wrong.
static bool take_number(struct command *command, const char *name, i64 least, i64 most, i64 *out)
{
    const char *text = command_option(command, name);
    if (text == NULL || (str_i64(text, out) && *out >= least && *out <= most))
        return true;
    command_fail("%s is a number from %lld to %lld, not '%s'", name, (long long)least,
                 (long long)most, text);
    return false;
}

static int seed(struct command *command)
{
    i64 number = -1, products = 1000, orders = 0;
    if (!take_number(command, "--random", 0, LIMIT_INTEGER, &number) ||
        !take_number(command, "--products", 1, 1000000, &products) ||
        !take_number(command, "--orders", 0, 1000000, &orders) ||
        command_has_unknown_options(command))
        return 1;
    if (command->count > 0 || (number < 0 && (products != 1000 || orders != 0)))
        return command_fail("usage: souk seed [--random SEED [--products N] [--orders N]]");
    const struct seed_random random = {
        .seed = (u64)number, .products = (size_t)products, .orders = (size_t)orders};
    if (command_open(command) == NULL)
        return 1;
    int status = seed_shop(command);
    if (status == 0)
        status = seed_categories(command);
    if (status == 0)
        status = seed_catalogue(command, number >= 0 ? &random : NULL);
    return status == 0 && orders > 0 ? place_orders(command, &random) : status;
}
COMMAND(seed, "[--random SEED [--products N] [--orders N]]",
        "Makes the demo shop: products with pictures, taxes, shipping, coupons. --random makes N "
        "products (1000) after the demo's instead, the same ones for the same SEED, and orders.",
        seed);
