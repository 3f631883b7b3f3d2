// Products as the staff see and change them. Variants are in admin_variant.c, pictures in
// admin_image.c.
//
// Creating and changing conduct: the put is a transaction of its own, then the inventory is told
// what to count, in one of its own. The answer is read afresh after both, so that it says what is
// there and not what was meant.
#include "services/product/admin_product.h"

#include <string.h>

#include "app/app.h"
#include "core/str.h"
#include "core/uuid.h"
#include "services/product/put.h"
#include "services/product/shop_money.h"
#include "services/product/stock.h"

static void fill_variant(struct rq *rq, const struct parts *parts, const struct variant_row *row,
                         const struct stock_level_list *levels, struct admin_variant *out)
{
    struct variant_row all = *row;
    shape_patch(&admin_variant_shape, out, &variant_row_shape, &all);
    out->options = row->options;
    out->image_id = row->image_id;
    const char *title = view_variant_title(rq->arena, row);
    out->id = row->id;
    out->sku = row->sku;
    out->title = title != NULL ? title : "Default";
    out->tracked = row->tracked;
    out->policy = row->policy;
    out->taxable = row->taxable;
    out->tax_class = row->tax_class;
    out->requires_shipping = row->requires_shipping;
    const struct stock_level *level = view_level(levels, row->sku);
    if (row->tracked) {
        SET(out, admin_variant, on_hand, level != NULL ? level->on_hand : 0);
        SET(out, admin_variant, available, level != NULL ? level->available : 0);
    }
    out->prices.items = ARENA_ARRAY(rq->arena, struct price_document, parts->prices.count);
    for (size_t i = 0; i < parts->prices.count; i++) {
        const struct price_row *price = &parts->prices.items[i];
        if (!uuid_equal(&price->variant_id, &row->id))
            continue;
        struct price_document *shown = &out->prices.items[out->prices.count++];
        shown->currency = price->currency;
        shown->price_minor = price->price_minor;
        if (IS_SET(price, price_row, compare_at_minor))
            SET(shown, price_document, compare_at_minor, price->compare_at_minor);
    }
}

static void fill_lists(struct rq *rq, const struct parts *parts, const struct category_tree *tree,
                       struct admin_product *out)
{
    out->images.items = ARENA_ARRAY(rq->arena, struct image, parts->images.count);
    for (size_t i = 0; i < parts->images.count; i++)
        out->images.items[out->images.count++] = view_image(rq->arena, &parts->images.items[i]);
    for (size_t i = 0; i < parts->categories.count; i++) {
        const struct category_node *node =
            category_by_id(tree, &parts->categories.items[i].category_id);
        if (node != NULL)
            text_list_add(rq->arena, &out->categories, node->path);
    }
    size_t count = parts->attributes.count;
    out->attributes.items = ARENA_ARRAY(rq->arena, struct attribute_document, count);
    for (size_t i = 0; i < count; i++) {
        const struct attribute_row *row = &parts->attributes.items[i];
        struct attribute_document *shown = &out->attributes.items[out->attributes.count++];
        *shown = (struct attribute_document){
            .code = row->code, .label = row->label, .value = row->value};
        SET(shown, attribute_document, kind, row->kind);
    }
}

SNAPSHOT(read_product, product_id, admin_product)
{
    struct parts parts;
    struct category_tree *tree;
    struct stock_level_list levels;
    enum err err = catalogue_read_one(rq, &in->id, &parts);
    if (err == ERR_OK)
        err = category_tree_read(rq, &tree);
    if (err == ERR_OK)
        err = view_levels(rq, &parts.variants, &levels);
    if (err != ERR_OK)
        return err;
    shape_patch(&admin_product_shape, out, &product_row_shape, parts.product);
    out->variants.items = ARENA_ARRAY(rq->arena, struct admin_variant, parts.variants.count);
    out->variants.count = parts.variants.count;
    for (size_t i = 0; i < parts.variants.count; i++)
        fill_variant(rq, &parts, &parts.variants.items[i], &levels, &out->variants.items[i]);
    fill_lists(rq, &parts, tree, out);
    reply_header(rq, "ETag", arena_printf(rq->arena, "\"%lld\"", (long long)out->version));
    return ERR_OK;
}

enum err admin_product_read(struct rq *rq, const struct product_id *in, struct admin_product *out)
{
    return read_product(rq, in, out);
}

HANDLER(admin_product_show, product_id, admin_product)
{
    return read_product(rq, in, out);
}

enum err admin_version(struct rq *rq, bool given, i64 version, i64 *out)
{
    const char *match = rq_header(rq, "If-Match");
    *out = given ? version : 0;
    if (match == NULL || given || strcmp(match, "*") == 0)
        return ERR_OK;
    size_t length = strlen(match);
    // RFC 9110, section 13.1.1; the version as a strong ETag. A list of tags is not taken: a
    // version is one.
    bool quoted = length > 2 && match[0] == '"' && match[length - 1] == '"';
    if (quoted && str_i64(arena_text_n(rq->arena, match + 1, length - 2), out))
        return ERR_OK;
    return fail(rq, ERR_VERSION_MISMATCH, "If-Match names no version of this product");
}

enum err admin_version_check(struct rq *rq, i64 wanted, i64 version)
{
    if (wanted == 0 || wanted == version)
        return ERR_OK;
    return fail(rq, ERR_VERSION_MISMATCH, "the product is at version %lld", (long long)version);
}

// The fields of a product that its maker and its changer give alike.
#define PRODUCT_WORDS(F, S)                                                                        \
    F(S, text, description_html, .max = 200000, .optional = true, .doc = "HTML.")                  \
    F(S, text, brand, .max = 255, .format = FORMAT_LINE, .optional = true, .doc = "Maker.")        \
    F(S, text, type, .max = 255, .format = FORMAT_LINE, .optional = true, .doc = "Kind of thing.") \
    F(S, texts, tags, .max = 250, .optional = true, .doc = "Words to find it by.")                 \
    F(S, one_of(product_status), status, .optional = true, .doc = "A new one is a draft.")         \
    F(S, bool, published, .optional = true, .doc = "Whether the storefront shows it.")             \
    F(S, bool, gift_card, .optional = true, .doc = "Sold as a gift card.")                         \
    F(S, text, seo_title, .max = 1000, .optional = true, .doc = "For search engines.")             \
    F(S, text, seo_description, .max = 5000, .optional = true, .doc = "For search engines.")       \
    F(S, i64, popularity, .min = 0, .max = LIMIT_INTEGER, .optional = true,                        \
      .doc = "Higher comes first where nothing else decides.")                                     \
    F(S, texts, options, .max = 8, .optional = true, .doc = "Names of the options.")               \
    F(S, texts, categories, .max = 50, .optional = true,                                           \
      .doc = "Paths: \"Home > Kitchen\"; made where they are missing.")                            \
    F(S, list(attribute_document), attributes, .max = 250, .optional = true, .doc = "Facts.")

#define PRODUCT_NEW(F, S)                                                                          \
    F(S, text, title, .min = 1, .max = 255, .format = FORMAT_LINE, .doc = "Shown to shoppers.")    \
    F(S, text, handle, .min = 1, .max = 100, .format = FORMAT_HANDLE, .optional = true,            \
      .doc = "Name in addresses; made from the title when absent.")                                \
    PRODUCT_WORDS(F, S)                                                                            \
    F(S, list(variant_document), variants, .min = 1, .max = 2048, .doc = "What is sold.")          \
    F(S, list(image_document), images, .max = 250, .optional = true, .doc = "Elsewhere, by URL.")
SHAPE(product_new, PRODUCT_NEW);

#define PRODUCT_PATCH(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the product.")                                                       \
    F(S, i64, version, .min = 1, .max = LIMIT_INTEGER, .optional = true,                           \
      .doc = "Refused when the product is at another one.")                                        \
    F(S, text, title, .min = 1, .max = 255, .format = FORMAT_LINE, .optional = true,               \
      .doc = "Shown to shoppers.")                                                                 \
    F(S, text, handle, .min = 1, .max = 100, .format = FORMAT_HANDLE, .optional = true,            \
      .doc = "Name in addresses.")                                                                 \
    PRODUCT_WORDS(F, S)
SHAPE(product_patch, PRODUCT_PATCH);

// What a put in a transaction of its own needs and gives.
struct put_in {
    struct put_settings settings;
    const struct product_document *document;
};

// An import may bring prices for currencies to come; staff are told.
static enum err check_currencies(struct rq *rq, const struct shop_money *money,
                                 const struct product_document *document)
{
    for (size_t i = 0; i < document->variants.count; i++) {
        const struct price_document_list *prices = &document->variants.items[i].prices;
        for (size_t j = 0; j < prices->count; j++)
            if (!shop_money_has(money, prices->items[j].currency))
                return fail_field(rq,
                                  arena_printf(rq->arena, "variants.%zu.prices.%zu.currency", i, j),
                                  "is not one of the shop's currencies");
    }
    return ERR_OK;
}

STEP(put_step, put_in, put_outcome)
{
    struct put_settings settings = in->settings;
    struct shop_money money;
    enum err err = shop_money_read(rq, &money);
    if (err == ERR_OK)
        err = check_currencies(rq, &money, in->document);
    if (err == ERR_OK)
        err = category_tree_read(rq, &settings.tree);
    if (err != ERR_OK)
        return err;
    settings.currency = money.currency;
    settings.public_url = rq->app->public_url;
    return product_put(rq, &settings, in->document, out);
}

// Category paths come as people write them.
static void clean_paths(struct rq *rq, struct product_document *document)
{
    struct text_list given = document->categories;
    document->categories = (struct text_list){0};
    for (size_t i = 0; i < given.count; i++) {
        const char *path = path_clean(rq->arena, given.items[i]);
        if (path != NULL && !text_list_has(&document->categories, path))
            text_list_add(rq->arena, &document->categories, path);
    }
}

HANDLER(admin_product_create, product_new, admin_product)
{
    struct product_document document = {0};
    struct put_outcome outcome;
    shape_patch(&product_document_shape, &document, &product_new_shape, in);
    clean_paths(rq, &document);
    struct put_in put = {.settings = {.mode = PUT_CREATE}, .document = &document};
    enum err err = put_step(rq, &put, &outcome);
    if (err == ERR_OK)
        err = product_stock_count(rq, &outcome.counts, "new product");
    if (err != ERR_OK)
        return err;
    return read_product(rq, &(struct product_id){.id = outcome.id}, out);
}

HANDLER(admin_product_change, product_patch, admin_product)
{
    struct product_document document = {0};
    struct put_outcome outcome;
    struct put_in put = {.settings = {.mode = PUT_CHANGE, .id = in->id}, .document = &document};
    shape_patch(&product_document_shape, &document, &product_patch_shape, in);
    // What was given as null is not a value of the document yet, but an order to clear it.
    for (size_t i = 0; i < product_patch_shape.count; i++) {
        int position = shape_find(&product_document_shape, product_patch_shape.fields[i].name);
        if (position >= 0 && (in->cleared >> i & 1) != 0)
            document.cleared |= UINT64_C(1) << position;
    }
    clean_paths(rq, &document);
    enum err err =
        admin_version(rq, IS_SET(in, product_patch, version), in->version, &put.settings.version);
    if (err == ERR_OK)
        err = put_step(rq, &put, &outcome);
    return err == ERR_OK ? read_product(rq, &(struct product_id){.id = in->id}, out) : err;
}

// Archives: orders and links keep pointing somewhere.
HANDLER(admin_product_archive, product_id, nothing)
{
    struct product_document document = {0};
    struct put_outcome outcome;
    SET(&document, product_document, status, product_status_archived);
    struct put_in put = {.settings = {.mode = PUT_CHANGE, .id = in->id}, .document = &document};
    return put_step(rq, &put, &outcome);
}

#define PRODUCT_SEARCH(F, S)                                                                       \
    F(S, text, q, .max = 200, .optional = true, .doc = "In title, handle, brand or SKU.")          \
    F(S, one_of(product_status), status, .optional = true, .doc = "Only these.")                   \
    F(S, uuid, category_id, .optional = true, .doc = "Only those filed under this one first.")     \
    F(S, text, cursor, .max = 36, .optional = true, .doc = "next_cursor of the page before.")      \
    F(S, i64, limit, .min = 1, .max = LIMIT_PAGE, .optional = true, .doc = "Items a page.")
SHAPE(product_search, PRODUCT_SEARCH);

#define PRODUCT_FILTER(F, S)                                                                       \
    F(S, text, pattern, .doc = "For LIKE, small letters.")                                         \
    F(S, one_of(product_status), status, .doc = "Only these.")                                     \
    F(S, bool, any_status, .doc = "Or all.")                                                       \
    F(S, uuid, category_id, .optional = true, .doc = "Only those filed under this one first.")     \
    F(S, uuid, before, .doc = "Where the last page ended.")                                        \
    F(S, i64, count, .doc = "One more than a page.")                                               \
    F(S, text, currency, .doc = "Of the price.")
SHAPE(product_filter, PRODUCT_FILTER);

#define PRODUCT_SUMMARY(F, S)                                                                      \
    F(S, uuid, id, .doc = "Of the product.")                                                       \
    F(S, text, handle, .doc = "Name in addresses.")                                                \
    F(S, text, title, .doc = "For people.")                                                        \
    F(S, text, brand, .optional = true, .doc = "Maker.")                                           \
    F(S, one_of(product_status), status, .doc = "Only active ones are sold.")                      \
    F(S, bool, published, .doc = "Whether the storefront shows it.")                               \
    F(S, i64, variant_count, .doc = "How many variants.")                                          \
    F(S, text, currency, .doc = "Of the price.")                                                   \
    F(S, minor, price_minor, .optional = true, .doc = "Lowest; null without one in the currency.") \
    F(S, nested(image), image, .optional = true, .doc = "The first.")                              \
    F(S, i64, version, .doc = "Counts changes.")                                                   \
    F(S, time, updated_at, .doc = "When it last changed.")
SHAPE(product_summary, PRODUCT_SUMMARY);

#define PRODUCT_PAGE(F, S)                                                                         \
    F(S, list(product_summary), items, .max = LIMIT_PAGE, .doc = "Newest first.")                  \
    F(S, text, next_cursor, .optional = true, .doc = "Null on the last page.")
SHAPE(product_page, PRODUCT_PAGE);

QUERY_LIST(
    product_summaries, product_filter, product_summary,
    "SELECT id, handle, title, brand, status, published, version, updated_at,"
    " (SELECT COUNT(*) FROM variant WHERE variant.product_id = product.id) AS variant_count,"
    " (SELECT MIN(price.price_minor) FROM variant JOIN price ON price.variant_id = variant.id"
    "   WHERE variant.product_id = product.id AND price.currency = :currency) AS price_minor"
    " FROM product WHERE id < :before AND (:any_status OR status = :status)"
    " AND (:category_id IS NULL OR category_id = :category_id)"
    " AND (LOWER(title) LIKE :pattern ESCAPE '\\' OR handle LIKE :pattern ESCAPE '\\'"
    "  OR LOWER(COALESCE(brand, '')) LIKE :pattern ESCAPE '\\'"
    "  OR EXISTS (SELECT 1 FROM variant WHERE variant.product_id = product.id"
    "   AND LOWER(variant.sku) LIKE :pattern ESCAPE '\\'))"
    " ORDER BY id DESC LIMIT :count");

QUERY_ROW(first_image, product_id, image_row,
          "SELECT id, product_id, position, alt, source, url, media, width, height FROM image"
          " WHERE product_id = :id ORDER BY position, id LIMIT 1");

static const char *like_pattern(struct arena *arena, const char *text)
{
    struct buf pattern = buf_in(arena);
    buf_char(&pattern, '%');
    for (const char *c = str_lower(arena, text); *c != '\0'; c++) {
        if (strchr("%_\\", *c) != NULL)
            buf_char(&pattern, '\\');
        buf_char(&pattern, *c);
    }
    buf_char(&pattern, '%');
    return pattern.at;
}

static enum err fill_summary(struct rq *rq, const char *currency, struct product_summary *summary)
{
    struct image_row row;
    summary->currency = currency;
    enum err err = first_image(rq, &(struct product_id){.id = summary->id}, &row);
    if (err == ERR_OK) {
        summary->image = ARENA_NEW(rq->arena, struct image);
        *summary->image = view_image(rq->arena, &row);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

HANDLER(admin_product_list, product_search, product_page)
{
    enum { PAGE_DEFAULT = 25 };
    struct shop_money money;
    enum err err = shop_money_read(rq, &money);
    if (err != ERR_OK)
        return err;
    i64 limit = IS_SET(in, product_search, limit) ? in->limit : PAGE_DEFAULT;
    struct product_filter filter = {
        .pattern = like_pattern(rq->arena, in->q != NULL ? in->q : ""),
        .status = in->status,
        .any_status = !IS_SET(in, product_search, status),
        .category_id = in->category_id,
        .before = {"ffffffff-ffff-ffff-ffff-ffffffffffff"},
        .count = limit + 1,
        .currency = money.currency,
    };
    if (in->cursor != NULL && !uuid_parse(in->cursor, &filter.before))
        return fail_field(rq, "cursor", "is not one that was given out");
    err = product_summaries(rq, &filter, &out->items);
    if ((i64)out->items.count > limit) {
        out->items.count = (size_t)limit;
        out->next_cursor = out->items.items[limit - 1].id.s;
    }
    for (size_t i = 0; err == ERR_OK && i < out->items.count; i++)
        err = fill_summary(rq, money.currency, &out->items.items[i]);
    return err;
}

static const struct route product_admin_routes[] = {
    {HTTP_GET, "/api/v1/admin/products", &admin_product_list_handler, 200, ROLE_CATALOG,
     "List products, also drafts and archived ones."},
    {HTTP_POST, "/api/v1/admin/products", &admin_product_create_handler, 201, ROLE_CATALOG,
     "Add a product.", ROUTE_CONDUCTS},
    {HTTP_GET, "/api/v1/admin/products/{id}", &admin_product_show_handler, 200, ROLE_CATALOG,
     "Show a product as the staff see it."},
    {HTTP_PATCH, "/api/v1/admin/products/{id}", &admin_product_change_handler, 200, ROLE_CATALOG,
     "Change a product.", ROUTE_CONDUCTS},
    {HTTP_DELETE, "/api/v1/admin/products/{id}", &admin_product_archive_handler, 204, ROLE_CATALOG,
     "Archive a product; orders keep it.", ROUTE_CONDUCTS},
};
ROUTES(product, product_admin_routes);
