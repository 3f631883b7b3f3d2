// What shoppers ask of the catalogue: lists with facets, suggestions, the tree of categories, a
// product. Lists come out of the read model (model.h), a single product out of its rows, by version
// (version.h).
//
// Lists and suggestions are conductors: the model is brought up to date first, in snapshots of its
// own that are short, and the search then runs on memory with no snapshot held. A product is one
// because it goes on without the database.
#include <string.h>

#include "app/app.h"
#include "app/metrics.h"
#include "app/services.h"
#include "core/json.h"
#include "core/str.h"
#include "core/time.h"
#include "core/uuid.h"
#include "services/product/browse.h"
#include "services/product/import.h"
#include "services/product/model.h"
#include "services/product/version.h"

enum { PAGE_DEFAULT = 24, SUGGESTIONS_MOST = 8, CACHED_S = 2 };

#define PRODUCT_SORT(X, E)                                                                         \
    X(E, relevance) X(E, newest) X(E, price_asc) X(E, price_desc) X(E, title) X(E, popular)
ENUMERATION(product_sort, PRODUCT_SORT);

#define PRODUCT_QUERY(F, S)                                                                        \
    F(S, text, q, .max = 500, .optional = true, .doc = "Words; typing errors are forgiven.")       \
    F(S, texts, category, .max = 50, .optional = true, .doc = "Handles; with all below.")          \
    F(S, texts, brand, .max = 50, .optional = true, .doc = "Any of these.")                        \
    F(S, texts, type, .max = 50, .optional = true, .doc = "Any of these.")                         \
    F(S, texts, tag, .max = 50, .optional = true, .doc = "Any of these.")                          \
    F(S, texts, option, .max = 50, .optional = true,                                               \
      .doc = "Name:Value, as Color:Red; any of one name, all names.")                              \
    F(S, minor, price_min, .min = 0, .max = LIMIT_MINOR, .optional = true, .doc = "Minor units.")  \
    F(S, minor, price_max, .min = 0, .max = LIMIT_MINOR, .optional = true, .doc = "Minor units.")  \
    F(S, bool, in_stock, .optional = true, .doc = "true: only what can be sold now.")              \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true,                              \
      .doc = "Of the prices; the shop's own when absent.")                                         \
    F(S, one_of(product_sort), sort, .optional = true,                                             \
      .doc = "relevance with words, else popular.")                                                \
    F(S, i64, limit, .min = 1, .max = LIMIT_PAGE, .optional = true, .doc = "Items a page.")        \
    F(S, text, cursor, .max = 500, .optional = true, .doc = "next_cursor of the page before.")
SHAPE(product_query, PRODUCT_QUERY);

#define FACET_VALUE(F, S)                                                                          \
    F(S, text, value, .max = 3000, .doc = "For the query.")                                        \
    F(S, text, label, .max = 3000, .doc = "For people.")                                           \
    F(S, i64, count, .doc = "Products, under all other filters.")
SHAPE(facet_value, FACET_VALUE);

#define OPTION_FACET(F, S)                                                                         \
    F(S, text, name, .doc = "Of the option.")                                                      \
    F(S, list(facet_value), values, .max = SEARCH_FACET_VALUES_MAX, .doc = "Name:Value each.")
SHAPE(option_facet, OPTION_FACET);

#define PRICE_FACET(F, S)                                                                          \
    F(S, minor, min_minor, .doc = "Lowest found.")                                                 \
    F(S, minor, max_minor, .doc = "Highest found.")
SHAPE(price_facet, PRICE_FACET);

#define FACETS(F, S)                                                                               \
    F(S, list(facet_value), categories, .max = SEARCH_FACET_VALUES_MAX, .doc = "By handle.")       \
    F(S, list(facet_value), brands, .max = SEARCH_FACET_VALUES_MAX, .doc = "Makers.")              \
    F(S, list(facet_value), types, .max = SEARCH_FACET_VALUES_MAX, .doc = "Kinds of things.")      \
    F(S, list(facet_value), tags, .max = SEARCH_FACET_VALUES_MAX, .doc = "Words.")                 \
    F(S, list(option_facet), options, .max = 1000, .doc = "What there is to choose.")              \
    F(S, nested(price_facet), price, .optional = true, .doc = "Null when nothing was found.")      \
    F(S, i64, in_stock, .doc = "Products that can be sold now.")
SHAPE(facets, FACETS);

#define PRODUCT_LISTING(F, S)                                                                      \
    F(S, list(product), items, .max = LIMIT_PAGE, .doc = "Best first.")                            \
    F(S, text, next_cursor, .optional = true, .doc = "Null on the last page.")                     \
    F(S, i64, total, .doc = "Products found.")                                                     \
    F(S, text, corrected_query, .optional = true, .doc = "When another spelling was searched.")    \
    F(S, nested(facets), facets, .doc = "Counts.")
SHAPE(product_listing, PRODUCT_LISTING);

static void take_facet(struct rq *rq, const struct search_facet *facet,
                       struct facet_value_list *out)
{
    out->items = ARENA_ARRAY(rq->arena, struct facet_value, facet->count);
    out->count = facet->count;
    for (size_t i = 0; i < facet->count; i++)
        out->items[i] = (struct facet_value){.value = facet->values[i].value,
                                             .label = facet->values[i].label,
                                             .count = facet->values[i].count};
}

// An option's values go back into the query with their name before them.
static void take_option_facets(struct rq *rq, const struct search_page *page, struct facets *out)
{
    out->options.items = ARENA_ARRAY(rq->arena, struct option_facet, page->option_count);
    out->options.count = page->option_count;
    for (size_t i = 0; i < page->option_count; i++) {
        struct option_facet *option = &out->options.items[i];
        option->name = page->options[i].name;
        take_facet(rq, &page->options[i], &option->values);
        for (size_t j = 0; j < option->values.count; j++)
            option->values.items[j].value =
                arena_printf(rq->arena, "%s:%s", option->name, option->values.items[j].value);
    }
}

static struct facets *take_facets(struct rq *rq, const struct search_page *page)
{
    struct facets *out = ARENA_NEW(rq->arena, struct facets);
    take_facet(rq, &page->categories, &out->categories);
    take_facet(rq, &page->brands, &out->brands);
    take_facet(rq, &page->types, &out->types);
    take_facet(rq, &page->tags, &out->tags);
    take_option_facets(rq, page, out);
    if (page->priced) {
        out->price = ARENA_NEW(rq->arena, struct price_facet);
        out->price->min_minor = page->price_min_minor;
        out->price->max_minor = page->price_max_minor;
    }
    out->in_stock = page->in_stock;
    return out;
}

// "Color:Red" as the search takes it.
static enum err take_options(struct rq *rq, const struct product_query *in,
                             struct search_query *out)
{
    struct search_option *options = ARENA_ARRAY(rq->arena, struct search_option, in->option.count);
    for (size_t i = 0; i < in->option.count; i++) {
        const char *colon = strchr(in->option.items[i], ':');
        if (colon == NULL)
            return fail_field(rq, "option", "must be a name, a colon and a value");
        size_t length = (size_t)(colon - in->option.items[i]);
        options[i] =
            (struct search_option){arena_text_n(rq->arena, in->option.items[i], length), colon + 1};
    }
    out->options = options;
    out->option_count = in->option.count;
    return ERR_OK;
}

static enum search_sort sort_of(const struct product_query *in)
{
    static const enum search_sort sorts[] = {
        [product_sort_relevance] = SEARCH_RELEVANCE, [product_sort_newest] = SEARCH_NEWEST,
        [product_sort_price_asc] = SEARCH_PRICE_ASC, [product_sort_price_desc] = SEARCH_PRICE_DESC,
        [product_sort_title] = SEARCH_TITLE,         [product_sort_popular] = SEARCH_POPULAR,
    };
    return IS_SET(in, product_query, sort) ? sorts[in->sort] : SEARCH_DEFAULT;
}

static enum err make_query(struct rq *rq, const struct product_query *in, const char *currency,
                           struct search_query *out)
{
    *out = (struct search_query){
        .text = in->q,
        .categories = in->category.items,
        .category_count = in->category.count,
        .brands = in->brand.items,
        .brand_count = in->brand.count,
        .types = in->type.items,
        .type_count = in->type.count,
        .tags = in->tag.items,
        .tag_count = in->tag.count,
        .currency = currency,
        .price_min_minor = IS_SET(in, product_query, price_min) ? &in->price_min : NULL,
        .price_max_minor = IS_SET(in, product_query, price_max) ? &in->price_max : NULL,
        .in_stock = IS_SET(in, product_query, in_stock) && in->in_stock,
        .sort = sort_of(in),
        .limit = IS_SET(in, product_query, limit) ? (size_t)in->limit : PAGE_DEFAULT,
        .cursor = in->cursor,
        .facets = true,
    };
    return take_options(rq, in, out);
}

// Items stand in the model as ready JSON; the rest is written around them.
static void write_list(struct rq *rq, struct model *model, const struct search_page *page,
                       const char *currency, struct buf *out)
{
    struct product_listing rest = {.next_cursor = page->next_cursor,
                                   .total = page->total,
                                   .corrected_query = page->corrected_query,
                                   .facets = take_facets(rq, page)};
    buf_text(out, "{\"items\":[");
    for (size_t i = 0, written = 0; i < page->count; i++) {
        size_t before = out->length;
        if (written > 0)
            buf_char(out, ',');
        if (model_write_item(model, &page->ids[i], currency, out)) {
            written++;
        } else {
            out->length = before; // gone between the search and now
            out->at[before] = '\0';
        }
    }
    buf_char(out, ']');
    for (int i = product_listing_at_next_cursor; i < product_listing_field_count; i++) {
        buf_printf(out, ",\"%s\":", product_listing_fields[i].name);
        json_write_field(&product_listing_shape, i, &rest, out);
    }
    buf_char(out, '}');
}

enum err browse_currency(struct rq *rq, const struct shop_money *money, const char *wanted,
                         const char **out)
{
    *out = wanted != NULL ? wanted : money->currency;
    if (shop_money_has(money, *out))
        return ERR_OK;
    return fail_field(rq, "currency", "is not one of the shop's currencies");
}

METRIC_COUNTER(searches, "souk_searches_total",
               "Searches by words that were worked out; ready replies were counted once.");
METRIC_COUNTER(searches_empty, "souk_searches_empty_total",
               "Searches by words that found nothing.");
METRIC_COUNTER(searches_corrected, "souk_searches_corrected_total",
               "Searches by words that found something under another spelling alone.");
METRIC_HISTOGRAM(search_seconds, "souk_search_seconds", "How long searches by words took.");

// First pages only: who turns the page has found something.
static void count_search(const struct product_query *in, const struct search_page *page,
                         i64 took_us)
{
    if (in->q == NULL || str_blank(in->q) || in->cursor != NULL)
        return;
    metric_add(searches, 1);
    metric_add(searches_empty, page->total == 0);
    metric_add(searches_corrected, page->corrected_query != NULL);
    metric_observe(search_seconds, took_us);
}

enum err browse_list(struct rq *rq, const struct product_query *in, struct buf *out)
{
    struct shop_money money;
    const char *currency;
    struct search_query query;
    struct search_page page;
    struct model *model = model_of(rq->app);
    enum err err = model_follow(rq, &money);
    if (err == ERR_OK)
        err = browse_currency(rq, &money, in->currency, &currency);
    if (err == ERR_OK)
        err = make_query(rq, in, currency, &query);
    if (err != ERR_OK)
        return err;
    i64 began_us = monotonic_us();
    if (search_run(model_search(model), &query, rq->arena, &page) != ERR_OK)
        return fail_field(rq, "cursor", "is not one that was given out for this query");
    count_search(in, &page, monotonic_us() - began_us);
    write_list(rq, model, &page, currency, out);
    return ERR_OK;
}

HANDLER(product_list, product_query, product_listing)
{
    struct buf json = buf_in(rq->arena);
    enum err err = browse_list(rq, in, &json);
    if (err == ERR_OK)
        reply_raw(rq, "application/json", json.at, json.length);
    return err;
}

#define PRODUCT_HANDLE(F, S)                                                                       \
    F(S, text, handle, .min = 1, .max = 100, .doc = "Of the product.")                             \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true,                              \
      .doc = "Of the prices; the shop's own when absent.")
SHAPE(product_handle, PRODUCT_HANDLE);

// The rows as a shopper sees them; what they lack of the stock is no reason to show nothing.
static enum err show_parts(struct rq *rq, const struct parts *parts, const struct view *plan,
                           bool with_levels, struct product *out)
{
    struct stock_level_list levels;
    struct view view = *plan;
    if (with_levels && err_status(view_levels(rq, &parts->variants, &levels)) < 500)
        view.levels = &levels;
    return view_product(rq->arena, &view, parts, out) ? ERR_OK : ERR_NOT_FOUND;
}

SNAPSHOT(read_product, product_handle, product)
{
    struct product_version version;
    struct shop_money money;
    struct parts parts;
    struct category_tree *tree;
    struct view view = {.with_description = true};
    enum err err = model_money(rq, &money);
    if (err == ERR_OK)
        err = browse_currency(rq, &money, in->currency, &view.currency);
    if (err == ERR_OK)
        err = version_of_handle(rq, in->handle, &version);
    if (err == ERR_OK)
        err = version_read(rq, &version, &parts);
    if (err == ERR_OK)
        err = category_tree_read(rq, &tree);
    if (err != ERR_OK)
        return err;
    view.tree = tree;
    return show_parts(rq, &parts, &view, true, out);
}

// Without the database: which version there is, the model knows, and Memcached may have it. The
// stock is asked for where it is another process's.
static enum err copy_product(struct rq *rq, const struct product_handle *in, struct product *out)
{
    struct model *model = model_of(rq->app);
    struct product_version version;
    struct shop_money money;
    struct parts parts;
    struct view view = {.with_description = true};
    if (!model_version(model, in->handle, &version))
        return ERR_UNAVAILABLE;
    enum err err = model_money(rq, &money);
    if (err == ERR_OK)
        err = browse_currency(rq, &money, in->currency, &view.currency);
    if (err == ERR_OK)
        err = version_read(rq, &version, &parts);
    if (err != ERR_OK)
        return err;
    view.tree = model_tree(model, rq->arena);
    bool with_levels = !services_have(rq->app->services, service_id_inventory);
    err = show_parts(rq, &parts, &view, with_levels, out);
    if (err == ERR_OK)
        reply_stale(rq, model_age_s(model));
    return err;
}

enum err browse_product(struct rq *rq, const char *handle, const char *currency,
                        struct product *out)
{
    struct product_handle key = {.handle = handle, .currency = currency};
    enum err err = read_product(rq, &key, out);
    if (err == ERR_OK || err_status(err) < 500)
        return err;
    struct problem problem = rq->problem;
    if (copy_product(rq, &key, out) == ERR_OK)
        return ERR_OK;
    rq->problem = problem;
    return err;
}

void browse_mark(struct rq *rq, const struct uuid *product_id)
{
    reply_header(rq, "Surrogate-Key",
                 arena_printf(rq->arena, "catalogue product-%s", product_id->s));
}

HANDLER(product_show, product_handle, product)
{
    enum err err = browse_product(rq, in->handle, in->currency, out);
    if (err == ERR_OK)
        browse_mark(rq, &out->id);
    return err;
}

#define SUGGESTION_QUERY(F, S)                                                                     \
    F(S, text, q, .max = 500, .doc = "What has been typed so far.")                                \
    F(S, text, currency, .format = FORMAT_CURRENCY, .optional = true,                              \
      .doc = "Of the prices; the shop's own when absent.")
SHAPE(suggestion_query, SUGGESTION_QUERY);

#define SUGGESTION_KIND(X, E) X(E, product) X(E, category) X(E, brand) X(E, query)
ENUMERATION(suggestion_kind, SUGGESTION_KIND);

#define SUGGESTION(F, S)                                                                           \
    F(S, one_of(suggestion_kind), kind, .doc = "What it leads to.")                                \
    F(S, text, label, .max = 3000, .doc = "For people.")                                           \
    F(S, text, handle, .max = 255, .optional = true,                                               \
      .doc = "Of a product or category; the value of a brand.")                                    \
    F(S, json, image, .optional = true, .doc = "Of a product, as in lists.")                       \
    F(S, minor, price_minor, .optional = true, .doc = "Of a product: the lowest.")                 \
    F(S, text, currency, .optional = true, .doc = "Of the price.")
SHAPE(suggestion, SUGGESTION);

#define SUGGESTIONS(F, S)                                                                          \
    F(S, list(suggestion), items, .max = SUGGESTIONS_MOST, .doc = "Best first.")
SHAPE(suggestions, SUGGESTIONS);

static bool take_suggestion(struct rq *rq, struct model *model, const char *currency,
                            const struct search_suggestion *from, struct suggestion *out)
{
    static const enum suggestion_kind kinds[] = {
        [SEARCH_PRODUCT] = suggestion_kind_product,
        [SEARCH_CATEGORY] = suggestion_kind_category,
        [SEARCH_BRAND] = suggestion_kind_brand,
        [SEARCH_QUERY] = suggestion_kind_query,
    };
    *out =
        (struct suggestion){.kind = kinds[from->kind], .label = from->label, .handle = from->value};
    struct model_brief brief;
    if (from->kind != SEARCH_PRODUCT)
        return true;
    if (!model_brief(model, &from->id, currency, rq->arena, &brief))
        return false;
    out->label = brief.title;
    out->handle = brief.handle;
    out->image = brief.image_json;
    out->currency = currency;
    SET(out, suggestion, price_minor, brief.price_minor);
    return true;
}

HANDLER(product_suggestions, suggestion_query, suggestions)
{
    struct shop_money money;
    const char *currency;
    struct model *model = model_of(rq->app);
    enum err err = model_follow(rq, &money);
    if (err == ERR_OK)
        err = browse_currency(rq, &money, in->currency, &currency);
    if (err != ERR_OK)
        return err;
    struct search_suggestion *found;
    size_t count = search_suggest(model_search(model), in->q, SUGGESTIONS_MOST, rq->arena, &found);
    out->items.items = ARENA_ARRAY(rq->arena, struct suggestion, count);
    for (size_t i = 0; i < count; i++)
        out->items.count +=
            take_suggestion(rq, model, currency, &found[i], &out->items.items[out->items.count]);
    return ERR_OK;
}

static const struct route browse_routes[] = {
    {GET, "/api/v1/products", &product_list_handler, 200, ROLE_ANYONE,
     "List, search and filter products, with counts.", .flags = ROUTE_CONDUCTS, .cache_s = CACHED_S,
     .cache_tag = "catalogue"},
    {GET, "/api/v1/products/suggestions", &product_suggestions_handler, 200, ROLE_ANYONE,
     "Complete what is being typed.", .flags = ROUTE_CONDUCTS, .cache_s = CACHED_S,
     .cache_tag = "catalogue"},
    {GET, "/api/v1/products/{handle}", &product_show_handler, 200, ROLE_ANYONE, "Show a product.",
     .flags = ROUTE_CONDUCTS, .cache_s = CACHED_S, .cache_tag = "catalogue"},
};
ROUTES(product, browse_routes);
