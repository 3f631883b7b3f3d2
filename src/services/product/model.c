// The read model. Contract in model.h; what it shows is made by view.c, how it is searched by
// search.h.
//
// Threads. `following` lets one thread bring the model up to date; the fields of the follower need
// no other lock. The rwlock guards the items, whose texts are copied out under it. `filled` and
// `generation` are atomics, because everybody looks at them. The search has a lock of its own
// (search.h), so an item and its entry there may be a moment apart: a list passes over what it does
// not find.
//
// Items are texts of many sizes in an arena, which never gives back. When more than half of it is
// texts that were replaced, what is still used is copied into a new one: the price of having no
// allocator is one copy for each doubling of the waste.
//
// A product is made anew as a whole whenever something of it changed. Working out which part
// changed would save little and have to be right for every field; this way the follower needs to
// know only ids.
#include "services/product/model.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/app.h"
#include "app/readiness.h"
#include "app/services.h"
#include "core/html.h"
#include "core/json.h"
#include "core/pack.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/product/import.h"
#include "services/product/version.h"
#include "services/product/view.h"

enum {
    MODEL_MEMORY = 1 << 30,
    WASTE_MOST = 8 << 20, // bytes of replaced texts from which on the items are copied together
    PUBLISH_EVERY = 32,   // documents: readers wait for a publish
    // How long a list waits for somebody else's follow before it shows the copy.
    FOLLOW_WAIT_MS = 100,
    FILL_MS = 600000,
};

// A product in one currency, as lists show it.
struct offered {
    char currency[4];
    i64 price_minor;
    const char *json;
    size_t length;
};

struct item {
    struct uuid id;
    i64 changed, updated_at; // of the product
    const char *handle, *title, *image_json;
    size_t count; // 0: not public
    struct offered offered[SEARCH_CURRENCIES_MAX];
};

struct model {
    struct search *search;
    pthread_mutex_t following;
    _Atomic u64 generation;
    _Atomic bool filled;
    _Atomic i64 followed_ms; // on the monotonic clock: when what is in it was read
    _Atomic u64 dropped;     // how often replies had been dropped then (reply_cache_generation)

    // Of the follower alone.
    i64 sequence;
    struct uuid stock_after;

    pthread_rwlock_t lock; // guards what follows; the follower reads it without
    i64 categories;
    struct buf tree; // the rows of the category tree, packed, in an arena of its own
    char money[256]; // codes with spaces: the shop's own currency, then all, 50 at most
    struct arena *arena;
    size_t wasted;
    struct text_index *slots; // of ids, + 1
    size_t count, room;
    struct item *items;
};

u64 model_generation(const struct model *model)
{
    return atomic_load(&model->generation);
}

struct search *model_search(struct model *model)
{
    return model->search;
}

static struct item *find_item(const struct model *model, const struct uuid *id)
{
    u32 slot = text_index_find(model->slots, id->s);
    return slot > 0 ? &model->items[slot - 1] : NULL;
}

static struct item *make_item(struct model *model, const struct uuid *id)
{
    struct item *item = find_item(model, id);
    if (item != NULL)
        return item;
    if (model->count == model->room) {
        size_t size = sizeof *model->items, room = model->room > 0 ? model->room * 2 : 256;
        model->items = arena_grow(model->arena, model->items, model->count * size, room * size);
        model->room = room;
    }
    item = &model->items[model->count++];
    *item = (struct item){.id = *id};
    text_index_add(model->slots, id->s, (u32)model->count);
    return item;
}

static size_t text_size(const char *text)
{
    return text != NULL ? strlen(text) + 1 : 0;
}

static void forget_texts(struct model *model, struct item *item)
{
    model->wasted += text_size(item->handle) + text_size(item->title) + text_size(item->image_json);
    for (size_t i = 0; i < item->count; i++)
        model->wasted += item->offered[i].length + 1;
    item->count = 0;
}

static const char *keep_text(struct arena *arena, const char *text)
{
    return text != NULL ? arena_text(arena, text) : NULL;
}

// Gives an item new texts, all copied into the arena.
static void fill_item(struct arena *arena, struct item *item, const struct item *from)
{
    *item = *from;
    item->handle = keep_text(arena, from->handle);
    item->title = keep_text(arena, from->title);
    item->image_json = keep_text(arena, from->image_json);
    for (size_t i = 0; i < from->count; i++)
        item->offered[i].json = arena_text_n(arena, from->offered[i].json, from->offered[i].length);
}

// Copies all that is still used into a new arena.
static void compact(struct model *model)
{
    struct arena *old = model->arena;
    model->arena = arena_new(MODEL_MEMORY);
    struct item *items = ARENA_ARRAY(model->arena, struct item, model->room);
    model->slots = text_index_new(model->arena);
    for (size_t i = 0; i < model->count; i++) {
        fill_item(model->arena, &items[i], &model->items[i]);
        text_index_add(model->slots, items[i].id.s, (u32)(i + 1));
    }
    model->items = items;
    model->wasted = 0;
    arena_free(old);
}

static void replace_item(struct model *model, const struct item *with)
{
    pthread_rwlock_wrlock(&model->lock);
    struct item *item = make_item(model, &with->id);
    forget_texts(model, item);
    fill_item(model->arena, item, with);
    if (model->wasted > WASTE_MOST && model->wasted > arena_used(model->arena) / 2)
        compact(model);
    pthread_rwlock_unlock(&model->lock);
}

// What a follow works with.
struct follow {
    struct model *model;
    struct shop_money *money;
    struct category_tree *tree; // read when it is needed
    size_t unpublished;
    bool changed;
};

static void publish(struct follow *follow)
{
    if (follow->unpublished > 0)
        search_publish(follow->model->search);
    follow->unpublished = 0;
}

static void fill_paths(struct arena *arena, const struct category_tree *tree,
                       const struct parts *parts, struct search_document *document)
{
    struct search_path *paths = ARENA_ARRAY(arena, struct search_path, parts->categories.count);
    for (size_t i = 0; i < parts->categories.count; i++) {
        const struct category_node *node =
            category_by_id(tree, &parts->categories.items[i].category_id);
        if (node == NULL)
            continue;
        size_t depth = node->depth + 1;
        struct search_label *labels = ARENA_ARRAY(arena, struct search_label, depth);
        for (size_t at = depth; at-- > 0; node = node->parent)
            labels[at] = (struct search_label){node->row->handle, node->row->title};
        paths[document->path_count++] = (struct search_path){labels, depth};
    }
    document->paths = paths;
}

static void fill_variants(struct arena *arena, const struct parts *parts,
                          struct search_document *document)
{
    size_t count = parts->variants.count, options = parts->product->options.count;
    const char **codes = ARENA_ARRAY(arena, const char *, count * 2);
    struct search_option *values = ARENA_ARRAY(arena, struct search_option, count * options);
    for (size_t i = 0; i < count; i++) {
        const struct variant_row *row = &parts->variants.items[i];
        codes[document->code_count++] = row->sku;
        if (row->barcode != NULL)
            codes[document->code_count++] = row->barcode;
        for (size_t j = 0; j < row->options.count && j < options; j++)
            values[document->option_count++] =
                (struct search_option){parts->product->options.items[j], row->options.items[j]};
    }
    document->codes = codes;
    document->options = values;
}

static void put_document(struct follow *follow, struct arena *arena, const struct parts *parts,
                         const struct item *item, bool in_stock)
{
    const struct product_row *row = parts->product;
    struct search_price prices[SEARCH_CURRENCIES_MAX];
    struct search_document document = {
        .id = row->id,
        .title = row->title,
        .brand = row->brand,
        .type = row->type,
        .description = html_to_text(arena, row->description_html),
        .tags = row->tags.items,
        .tag_count = row->tags.count,
        .prices = prices,
        .price_count = item->count,
        .in_stock = in_stock,
        .popularity = row->popularity,
        .published_ms = row->published_at,
    };
    for (size_t i = 0; i < item->count; i++) {
        prices[i].price_minor = item->offered[i].price_minor;
        memcpy(prices[i].currency, item->offered[i].currency, sizeof prices[i].currency);
    }
    fill_paths(arena, follow->tree, parts, &document);
    fill_variants(arena, parts, &document);
    search_put(follow->model->search, &document);
}

static void offer(struct arena *arena, const struct product *product, struct item *item)
{
    struct buf json = buf_in(arena);
    struct offered *offered = &item->offered[item->count++];
    json_write(&product_shape, product, &json);
    *offered = (struct offered){
        .price_minor = product->price_minor, .json = json.at, .length = json.length};
    memcpy(offered->currency, product->currency, sizeof offered->currency);
    if (product->images.count > 0 && item->image_json == NULL)
        item->image_json = json_text(&image_shape, &product->images.items[0], arena);
}

// Puts a product into the model and the search, or takes it out of both.
static void apply(struct follow *follow, struct arena *arena, const struct parts *parts,
                  const struct stock_level_list *levels)
{
    struct item item = {
        .id = parts->product->id,
        .changed = parts->product->changed,
        .updated_at = parts->product->updated_at,
        .handle = parts->product->handle,
        .title = parts->product->title,
    };
    bool in_stock = false;
    for (size_t i = 0; i < follow->money->currencies.count && item.count < SEARCH_CURRENCIES_MAX;
         i++) {
        struct view view = {
            .tree = follow->tree, .levels = levels, .currency = follow->money->currencies.items[i]};
        struct product product;
        if (!view_product(arena, &view, parts, &product))
            continue;
        in_stock = in_stock || product.in_stock;
        offer(arena, &product, &item);
    }
    replace_item(follow->model, &item);
    if (item.count > 0)
        put_document(follow, arena, parts, &item, in_stock);
    else
        search_remove(follow->model->search, &item.id);
    follow->changed = true;
    if (++follow->unpublished >= PUBLISH_EVERY)
        publish(follow);
}

static enum err apply_range(struct rq *rq, struct follow *follow, const struct id_range *range)
{
    struct catalogue catalogue;
    struct stock_level_list levels;
    enum err err = ERR_OK;
    if (follow->tree == NULL)
        err = category_tree_read(rq, &follow->tree);
    if (err == ERR_OK)
        err = catalogue_read(rq, range, &catalogue);
    if (err == ERR_OK)
        err = view_levels(rq, &catalogue.variants, &levels);
    struct parts parts;
    while (err == ERR_OK && catalogue_next(&catalogue, &parts)) {
        struct arena *arena = arena_new(LIMIT_ARENA);
        apply(follow, arena, &parts, &levels);
        arena_free(arena);
    }
    return err;
}

static enum err apply_one(struct rq *rq, struct follow *follow,
                          const struct product_version *version)
{
    struct stock_level_list levels;
    struct parts parts;
    enum err err = follow->tree == NULL ? category_tree_read(rq, &follow->tree) : ERR_OK;
    if (err == ERR_OK)
        err = version_read(rq, version, &parts);
    if (err == ERR_OK)
        err = view_levels(rq, &parts.variants, &levels);
    if (err != ERR_OK)
        return err;
    struct arena *arena = arena_new(LIMIT_ARENA);
    apply(follow, arena, &parts, &levels);
    arena_free(arena);
    return ERR_OK;
}

static enum err follow_products(struct rq *rq, struct follow *follow)
{
    struct model *model = follow->model;
    for (;;) {
        struct product_version_list changes;
        enum err err = versions_changed(rq, model->sequence, &changes);
        for (size_t i = 0; err == ERR_OK && i < changes.count; i++)
            err = apply_one(rq, follow, &changes.items[i]);
        if (err != ERR_OK || changes.count == 0)
            return err;
        model->sequence = changes.items[changes.count - 1].changed;
        if (changes.count < CATALOGUE_BATCH)
            return ERR_OK;
    }
}

static enum err apply_stock(struct rq *rq, struct follow *follow,
                            const struct stock_level_list *levels)
{
    struct text_list skus = {.items = ARENA_ARRAY(rq->arena, const char *, levels->count)};
    struct product_version_list products;
    for (size_t i = 0; i < levels->count; i++)
        skus.items[skus.count++] = levels->items[i].sku;
    enum err err = versions_of_skus(rq, &skus, &products);
    for (size_t i = 0; err == ERR_OK && i < products.count; i++)
        err = apply_one(rq, follow, &products.items[i]);
    return err;
}

static enum err follow_stock(struct rq *rq, struct follow *follow, bool only_skip)
{
    struct model *model = follow->model;
    for (;;) {
        struct stock_since since = {.after = model->stock_after};
        struct stock_changes changes;
        enum err err = call_inventory_changes(rq, &since, &changes);
        if (err != ERR_OK || uuid_empty(&changes.last) ||
            uuid_equal(&changes.last, &model->stock_after))
            return err;
        if (!only_skip)
            err = apply_stock(rq, follow, &changes.items);
        if (err != ERR_OK)
            return err;
        model->stock_after = changes.last;
    }
}

// All products again, batch by batch, each in memory of its own.
SNAPSHOT(fill_batch, id_range, id_range)
{
    return catalogue_batch(rq, &in->from, out);
}

struct fill {
    struct follow *follow;
    struct id_range range;
};
SNAPSHOT(fill_range, fill, nothing)
{
    in->follow->tree = NULL;
    return apply_range(rq, in->follow, &in->range);
}

static enum err fill(struct app *app, struct follow *follow)
{
    struct id_range range = {.until = uuid_nil};
    enum err err = ERR_OK;
    while (err == ERR_OK) {
        struct rq *rq = rq_begin(app, "product_fill", FILL_MS);
        struct id_range after = {.from = range.until};
        struct nothing nothing;
        err = fill_batch(rq, &after, &range);
        struct fill in = {.follow = follow, .range = range};
        if (err == ERR_OK)
            err = fill_range(rq, &in, &nothing);
        rq_end(rq);
    }
    follow->tree = NULL;
    publish(follow);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static void write_money(const struct shop_money *money, char out[256])
{
    size_t length = (size_t)snprintf(out, 256, "%s", money->currency);
    for (size_t i = 0; i < money->currencies.count; i++)
        length += (size_t)snprintf(out + length, 256 - length, " %s", money->currencies.items[i]);
    assert(length < 256);
}

static void read_money(struct model *model, struct arena *arena, struct shop_money *out)
{
    pthread_rwlock_rdlock(&model->lock);
    const char *at = arena_text(arena, model->money);
    pthread_rwlock_unlock(&model->lock);
    *out = (struct shop_money){.currency = arena_text_n(arena, at, strcspn(at, " "))};
    for (at = strchr(at, ' '); at != NULL; at = strchr(at, ' ')) {
        at++;
        text_list_add(arena, &out->currencies, arena_text_n(arena, at, strcspn(at, " ")));
    }
}

// What there is to do, seen in one snapshot.
struct seen {
    struct catalogue_state state;
    struct shop_money money;
};

SNAPSHOT(look, nothing, seen)
{
    enum err err = catalogue_state_read(rq, &out->state);
    return err == ERR_OK ? shop_money_read(rq, &out->money) : err;
}

SNAPSHOT(catch_up, fill, nothing)
{
    struct follow *follow = in->follow;
    follow->tree = NULL;
    enum err err = follow_products(rq, follow);
    if (err == ERR_OK)
        err = follow_stock(rq, follow, false);
    follow->tree = NULL;
    return err;
}

SNAPSHOT(skip_stock, fill, nothing)
{
    return follow_stock(rq, in->follow, true);
}

#define TREE_ROWS(F, S) F(S, list(category_row), items, .doc = "All categories.")
SHAPE(tree_rows, TREE_ROWS);

SNAPSHOT(read_tree_rows, nothing, tree_rows)
{
    return category_rows_read(rq, &out->items);
}

static enum err keep_tree(struct rq *rq, struct model *model)
{
    struct tree_rows rows;
    enum err err = read_tree_rows(rq, &(struct nothing){0}, &rows);
    if (err != ERR_OK)
        return err;
    struct buf tree = buf_in(arena_new(MODEL_MEMORY));
    pack_write(&tree_rows_shape, &rows, &tree);
    pthread_rwlock_wrlock(&model->lock);
    struct arena *old = model->tree.arena;
    model->tree = tree;
    pthread_rwlock_unlock(&model->lock);
    arena_free(old);
    return ERR_OK;
}

static enum err refill(struct rq *rq, struct follow *follow, const struct seen *seen,
                       const char *money)
{
    struct model *model = follow->model;
    struct fill in = {.follow = follow};
    struct nothing nothing;
    // Where to follow from is noted first: what changes meanwhile is read twice rather than never.
    enum err err = skip_stock(rq, &in, &nothing);
    if (err == ERR_OK)
        err = fill(rq->app, follow);
    if (err == ERR_OK)
        err = keep_tree(rq, model);
    if (err != ERR_OK)
        return err;
    model->sequence = seen->state.sequence;
    pthread_rwlock_wrlock(&model->lock);
    model->categories = seen->state.categories;
    memcpy(model->money, money, sizeof model->money);
    pthread_rwlock_unlock(&model->lock);
    atomic_store(&model->filled, true);
    return ERR_OK;
}

static enum err follow_now(struct rq *rq, struct model *model, struct shop_money *money)
{
    struct seen seen;
    char text[256] = "";
    struct follow follow = {.model = model, .money = money};
    enum err err = look(rq, &(struct nothing){0}, &seen);
    if (err != ERR_OK)
        return err;
    *money = seen.money;
    // A replica that has not come so far as the copy has nothing to teach it: rows of before the
    // last change would be taken for those of after it.
    if (atomic_load(&model->filled) && seen.state.sequence < model->sequence)
        return ERR_OK;
    write_money(money, text);
    struct fill in = {.follow = &follow};
    struct nothing nothing;
    if (!atomic_load(&model->filled) || strcmp(text, model->money) != 0 ||
        model->categories != seen.state.categories)
        err = refill(rq, &follow, &seen, text);
    else
        err = catch_up(rq, &in, &nothing);
    publish(&follow);
    if (follow.changed)
        atomic_fetch_add(&model->generation, 1);
    return err;
}

static bool lock_soon(pthread_mutex_t *mutex)
{
    struct timespec until = monotonic_after(FOLLOW_WAIT_MS);
    return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &until) == 0;
}

static enum err follow_soon(struct rq *rq, struct model *model, struct shop_money *money)
{
    if (!atomic_load(&model->filled))
        pthread_mutex_lock(&model->following);
    else if (!lock_soon(&model->following)) { // somebody is at it: the copy is good meanwhile
        read_money(model, rq->arena, money);
        return ERR_OK;
    }
    i64 now_ms = monotonic_ms();
    u64 dropped = reply_cache_generation(rq->app->replies, "catalogue");
    // Whatever this request may see: two replicas in turn would lead the copy back and forth, and
    // past what one has and the other lacks.
    struct db_view view = rq->view;
    rq->view = (struct db_view){.position = DB_NEWEST};
    enum err err = follow_now(rq, model, money);
    rq->view = view;
    if (err == ERR_OK) {
        atomic_store(&model->followed_ms, now_ms);
        atomic_store(&model->dropped, dropped);
    }
    pthread_mutex_unlock(&model->following);
    return err;
}

// Where the stock and the currencies are another process's, asking for them costs two calls over
// the network: a copy that is fresh enough is taken as it is, unless news of a change came since,
// or the reply made of it would be kept as one that has seen the change.
static bool fresh_enough(const struct rq *rq, const struct model *model)
{
    const unsigned asked = 1u << service_id_inventory | 1u << service_id_order;
    return (rq->app->services & asked) != asked && atomic_load(&model->filled) &&
           atomic_load(&model->dropped) == reply_cache_generation(rq->app->replies, "catalogue") &&
           monotonic_ms() - atomic_load(&model->followed_ms) < rq->app->config.fresh_ms;
}

// Goes on with the copy, when there is one, after what did not answer.
static enum err settle(struct rq *rq, struct model *model, enum err err, struct shop_money *money)
{
    if (!atomic_load(&model->filled) || err_status(err) < 500)
        return err;
    rq->problem = (struct problem){.arena = rq->arena};
    read_money(model, rq->arena, money);
    return ERR_OK;
}

enum err model_follow(struct rq *rq, struct shop_money *money)
{
    struct model *model = model_of(rq->app);
    if (fresh_enough(rq, model)) {
        read_money(model, rq->arena, money);
        return ERR_OK;
    }
    return settle(rq, model, follow_soon(rq, model, money), money);
}

enum err model_money(struct rq *rq, struct shop_money *money)
{
    return settle(rq, model_of(rq->app), shop_money_read(rq, money), money);
}

// What a product is in a currency, NULL when it is not sold in it. Under the lock.
static const struct offered *find_offered(const struct item *item, const char *currency)
{
    for (size_t i = 0; item != NULL && i < item->count; i++)
        if (strcmp(item->offered[i].currency, currency) == 0)
            return &item->offered[i];
    return NULL;
}

bool model_write_item(struct model *model, const struct uuid *id, const char *currency,
                      struct buf *out)
{
    pthread_rwlock_rdlock(&model->lock);
    const struct offered *offered = find_offered(find_item(model, id), currency);
    if (offered != NULL)
        buf_bytes(out, offered->json, offered->length);
    pthread_rwlock_unlock(&model->lock);
    return offered != NULL;
}

bool model_brief(struct model *model, const struct uuid *id, const char *currency,
                 struct arena *arena, struct model_brief *out)
{
    pthread_rwlock_rdlock(&model->lock);
    const struct item *item = find_item(model, id);
    const struct offered *offered = find_offered(item, currency);
    if (offered != NULL)
        *out = (struct model_brief){.handle = arena_text(arena, item->handle),
                                    .title = arena_text(arena, item->title),
                                    .image_json = keep_text(arena, item->image_json),
                                    .price_minor = offered->price_minor};
    pthread_rwlock_unlock(&model->lock);
    return offered != NULL;
}

bool model_version(struct model *model, const char *handle, struct product_version *out)
{
    bool found = false;
    pthread_rwlock_rdlock(&model->lock);
    for (size_t i = 0; i < model->count && !found; i++) {
        const struct item *item = &model->items[i];
        found = item->count > 0 && str_equal(item->handle, handle);
        if (found)
            *out = (struct product_version){.id = item->id,
                                            .changed = item->changed,
                                            .updated_at = item->updated_at,
                                            .categories = model->categories};
    }
    pthread_rwlock_unlock(&model->lock);
    return found;
}

struct category_tree *model_tree(struct model *model, struct arena *arena)
{
    struct tree_rows rows = {0};
    pthread_rwlock_rdlock(&model->lock);
    size_t length = model->tree.length;
    const char *bytes = arena_text_n(arena, length > 0 ? model->tree.at : "", length);
    pthread_rwlock_unlock(&model->lock);
    bool read = length == 0 || pack_read(&tree_rows_shape, bytes, length, arena, &rows);
    assert(read); // it is our own
    return category_tree_of(arena, &rows.items);
}

i64 model_age_s(const struct model *model)
{
    return (monotonic_ms() - atomic_load(&model->followed_ms)) / SECOND_MS;
}

static void release(void *state)
{
    struct model *model = state;
    search_free(model->search);
    arena_free(model->arena);
    arena_free(model->tree.arena);
    pthread_mutex_destroy(&model->following);
    pthread_rwlock_destroy(&model->lock);
}

static struct model *model_new(struct app *app)
{
    struct model *model = ARENA_NEW(app->arena, struct model);
    model->search = search_new(NULL);
    model->arena = arena_new(MODEL_MEMORY);
    model->slots = text_index_new(model->arena);
    pthread_mutex_init(&model->following, NULL);
    pthread_rwlock_init(&model->lock, NULL);
    return model;
}

static const char CATALOGUE[] = "catalogue"; // among what /readyz shows

// Commands open the program too and list nothing: the first turn of the job below fills the model.
// Before it has, a process that serves is not ready: shoppers would wait for it. Once it has, a
// copy that cannot follow is better than none.
static enum err start(struct app *app, void **state, UNUSED struct problem *problem)
{
    *state = model_new(app);
    readiness_await(app, CATALOGUE, "not read yet");
    return ERR_OK;
}
SERVICE(product, .start = start, .stop = release);

struct model *model_of(const struct app *app)
{
    return service_state(app, &product_service);
}

static enum err follow_job(struct rq *rq)
{
    struct shop_money money;
    struct model *model = model_of(rq->app);
    u64 before = model_generation(model);
    enum err err = follow_soon(rq, model, &money); // not model_follow: the log is to say what fails
    if (model_generation(model) != before)
        reply_cache_drop(rq->app, "catalogue");
    readiness_tell(rq->app, CATALOGUE, !atomic_load(&model->filled), err == ERR_OK, err_code(err));
    return err;
}
JOB(product_follow, SECOND_MS, follow_job);
