// Variants and their prices, one by one, for the staff. Whole products are in admin_product.c;
// stock is the inventory's (services/inventory).
//
// A variant is changed in place, not put as a document: there it would be known by its options,
// and here they may be what changes. Its version is its product's, because a product's page shows
// both and two members of staff who edit them meet.
#include <string.h>

#include "app/app.h"
#include "core/str.h"
#include "core/uuid.h"
#include "services/product/admin_product.h"
#include "services/product/put.h"
#include "services/product/shop_money.h"
#include "services/product/stock.h"

#define VARIANT_WORDS(F, S)                                                                        \
    F(S, text, barcode, .max = 100, .format = FORMAT_LINE, .optional = true, .doc = "GTIN.")       \
    F(S, minor, cost_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                        \
      .doc = "What one costs the shop.")                                                           \
    F(S, i64, weight_g, .min = 0, .max = 100000000, .optional = true, .doc = "Grams.")             \
    F(S, bool, tracked, .optional = true, .doc = "Whether stock is counted.")                      \
    F(S, one_of(stock_policy), policy, .optional = true, .doc = "When none are left.")             \
    F(S, bool, taxable, .optional = true, .doc = "Whether tax is due.")                            \
    F(S, text, tax_class, .min = 1, .max = 50, .format = FORMAT_HANDLE, .optional = true,          \
      .doc = "Which rates.")                                                                       \
    F(S, bool, requires_shipping, .optional = true, .doc = "False for services and downloads.")

#define VARIANT_NEW(F, S)                                                                          \
    F(S, uuid, id, .doc = "Of the product.")                                                       \
    F(S, text, sku, .min = 1, .max = 255, .format = FORMAT_LINE, .optional = true,                 \
      .doc = "Unique in the shop; made when absent.")                                              \
    F(S, texts, options, .max = 8, .optional = true, .doc = "A value for each option.")            \
    F(S, minor, price_minor, .min = 0, .max = LIMIT_MINOR, .doc = "In the shop's currency.")       \
    F(S, minor, compare_at_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                  \
      .doc = "Struck-through price.")                                                              \
    F(S, i64, stock, .min = 0, .max = STOCK_MAX, .optional = true,                                 \
      .doc = "On hand, when tracked.")                                                             \
    VARIANT_WORDS(F, S)
SHAPE(variant_new, VARIANT_NEW);

#define VARIANT_PATCH(F, S)                                                                        \
    F(S, uuid, id, .doc = "Of the variant.")                                                       \
    F(S, i64, version, .min = 1, .max = LIMIT_INTEGER, .optional = true,                           \
      .doc = "Refused when the product is at another one.")                                        \
    F(S, text, sku, .min = 1, .max = 255, .format = FORMAT_LINE, .optional = true,                 \
      .doc = "Unique in the shop; what is counted goes with it.")                                  \
    F(S, texts, options, .max = 8, .optional = true, .doc = "A value for each option.")            \
    F(S, minor, price_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                       \
      .doc = "In the shop's currency.")                                                            \
    F(S, minor, compare_at_minor, .min = 0, .max = LIMIT_MINOR, .optional = true,                  \
      .doc = "Struck-through price; null takes it away.")                                          \
    F(S, uuid, image_id, .optional = true, .doc = "One of the product's pictures.")                \
    VARIANT_WORDS(F, S)
SHAPE(variant_patch, VARIANT_PATCH);

#define VARIANT_ID(F, S) F(S, uuid, id, .doc = "Of the variant.")
SHAPE(variant_id, VARIANT_ID);

#define PRICES_PUT(F, S)                                                                           \
    F(S, uuid, id, .doc = "Of the variant.")                                                       \
    F(S, list(price_document), prices, .min = 1, .max = 50,                                        \
      .doc = "All of them; the shop's currency among them.")
SHAPE(prices_put, PRICES_PUT);

#define VARIANT_OWNER(F, S)                                                                        \
    F(S, uuid, product_id, .doc = "Whose variant.")                                                \
    F(S, i64, version, .doc = "Of the product.")
SHAPE(variant_owner, VARIANT_OWNER);

QUERY_ROW(variant_owner_row, variant_id, variant_owner,
          "WITH wanted AS MATERIALIZED (SELECT k.id, k.category_id FROM variant v"
          " JOIN product_key k ON k.id = v.product_id WHERE v.id = :id)"
          " SELECT product.id AS product_id, product.version FROM wanted JOIN product"
          " ON product.id = wanted.id AND product.category_id = wanted.category_id");
QUERY_RUN(variant_change, variant_row,
          "UPDATE variant SET sku = :sku, barcode = :barcode, options = :options,"
          " cost_minor = :cost_minor, weight_g = :weight_g, tracked = :tracked, policy = :policy,"
          " taxable = :taxable, tax_class = :tax_class, requires_shipping = :requires_shipping,"
          " image_id = :image_id WHERE id = :id");
QUERY_ROW(sku_holder, variant_row, variant_id,
          "SELECT id FROM variant WHERE sku = :sku AND id <> :id");

struct variant_put_in {
    struct product_document document;
    struct uuid product_id;
};

STEP(variant_add_step, variant_put_in, put_outcome)
{
    struct shop_money money;
    struct put_settings settings = {.mode = PUT_CHANGE, .id = in->product_id};
    enum err err = shop_money_read(rq, &money);
    struct parts parts;
    if (err == ERR_OK)
        err = catalogue_read_one(rq, &in->product_id, &parts);
    if (err == ERR_OK)
        err = category_tree_read(rq, &settings.tree);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < parts.variants.count; i++)
        if (text_lists_equal(&parts.variants.items[i].options,
                             &in->document.variants.items[0].options)) {
            problem_field(&rq->problem, "options", "the same as those of another variant");
            return ERR_CONFLICT;
        }
    settings.currency = money.currency;
    settings.public_url = rq->app->public_url;
    return product_put(rq, &settings, &in->document, out);
}

HANDLER(admin_variant_create, variant_new, admin_product)
{
    struct variant_document *variant = ARENA_NEW(rq->arena, struct variant_document);
    struct put_outcome outcome;
    struct variant_put_in put = {.product_id = in->id};
    shape_patch(&variant_document_shape, variant, &variant_new_shape, in);
    SET(variant, variant_document, options, in->options);
    put.document.variants = (struct variant_document_list){1, variant};
    put.document.set |= UINT64_C(1) << product_document_at_variants;
    enum err err = variant_add_step(rq, &put, &outcome);
    if (err == ERR_OK)
        err = product_stock_count(rq, &outcome.counts, "new variant");
    return err == ERR_OK ? admin_product_read(rq, &(struct product_id){.id = in->id}, out) : err;
}

// The variant with its product's rows around it.
struct owned_variant {
    struct parts parts;
    const struct variant_row *row;
};

static enum err read_owned(struct rq *rq, const struct uuid *id, i64 version,
                           struct owned_variant *out)
{
    struct variant_owner owner;
    enum err err = variant_owner_row(rq, &(struct variant_id){.id = *id}, &owner);
    if (err == ERR_OK)
        err = admin_version_check(rq, version, owner.version);
    if (err == ERR_OK)
        err = catalogue_read_one(rq, &owner.product_id, &out->parts);
    for (size_t i = 0; err == ERR_OK && i < out->parts.variants.count; i++)
        if (uuid_equal(&out->parts.variants.items[i].id, id))
            out->row = &out->parts.variants.items[i];
    assert(err != ERR_OK || out->row != NULL);
    return err;
}

static enum err check_change(struct rq *rq, const struct owned_variant *owned,
                             const struct variant_row *row)
{
    struct variant_id holder;
    size_t options = owned->parts.product->options.count;
    if (row->options.count != options)
        return fail_field(rq, "options", "must have a value for each of the %zu options", options);
    for (size_t i = 0; i < options; i++)
        if (str_blank(row->options.items[i]))
            return fail_field(rq, "options", "must not be blank");
    for (size_t i = 0; i < owned->parts.variants.count; i++) {
        const struct variant_row *other = &owned->parts.variants.items[i];
        if (other != owned->row && text_lists_equal(&other->options, &row->options)) {
            problem_field(&rq->problem, "options", "the same as those of another variant");
            return ERR_CONFLICT;
        }
    }
    if (!uuid_empty(&row->image_id) && parts_image(&owned->parts, &row->image_id) == NULL)
        return fail_field(rq, "image_id", "is not one of the product's pictures");
    enum err err = sku_holder(rq, row, &holder);
    if (err == ERR_OK) {
        problem_field(&rq->problem, "sku", "'%s' is in use", row->sku);
        return ERR_CONFLICT;
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err change_price(struct rq *rq, const struct owned_variant *owned,
                             const struct variant_patch *in)
{
    bool touched = IS_SET(in, variant_patch, price_minor) ||
                   IS_SET(in, variant_patch, compare_at_minor) ||
                   IS_CLEARED(in, variant_patch, compare_at_minor);
    struct shop_money money;
    enum err err = touched ? shop_money_read(rq, &money) : ERR_OK;
    if (err != ERR_OK || !touched)
        return err;
    const struct price_row *old = parts_price(&owned->parts, &in->id, money.currency);
    if (old == NULL && !IS_SET(in, variant_patch, price_minor))
        return fail_field(rq, "price_minor", "is required: there is no price in %s",
                          money.currency);
    struct price_row row = {.currency = money.currency};
    if (old != NULL)
        row = *old;
    row.variant_id = in->id;
    shape_patch(&price_row_shape, &row, &variant_patch_shape, in);
    return price_store(rq, &row);
}

// What was renamed, so that its stock can follow.
struct renamed {
    struct uuid product_id;
    const char *old_sku, *new_sku;
    bool tracked;
};

STEP(variant_change_step, variant_patch, renamed)
{
    struct owned_variant owned = {0};
    i64 version;
    enum err err = admin_version(rq, IS_SET(in, variant_patch, version), in->version, &version);
    if (err == ERR_OK)
        err = read_owned(rq, &in->id, version, &owned);
    if (err != ERR_OK)
        return err;
    struct variant_row row = *owned.row;
    shape_patch(&variant_row_shape, &row, &variant_patch_shape, in);
    *out = (struct renamed){.product_id = row.product_id,
                            .old_sku = owned.row->sku,
                            .new_sku = row.sku,
                            .tracked = row.tracked};
    err = check_change(rq, &owned, &row);
    if (err == ERR_OK)
        err = variant_change(rq, &row, NULL);
    if (err == ERR_OK)
        err = change_price(rq, &owned, in);
    return err == ERR_OK ? product_touch(rq, &row.product_id) : err;
}

// What is free under the old SKU is counted under the new one; what orders hold stays where it is.
static enum err move_stock(struct rq *rq, const struct renamed *renamed)
{
    struct stock_query query = {
        .sku = {.count = 1, .items = (const char **)(uintptr_t)&renamed->old_sku}};
    struct stock_levels levels;
    enum err err = call_inventory_levels(rq, &query, &levels);
    if (err != ERR_OK || levels.items.count == 0 || levels.items.items[0].on_hand == 0)
        return err;
    struct stock_count counts[] = {
        {.sku = renamed->new_sku, .on_hand = levels.items.items[0].available},
        {.sku = renamed->old_sku, .on_hand = 0},
    };
    struct stock_counts both = {.items = {.count = COUNT_OF(counts), .items = counts},
                                .reason = "SKU changed"};
    struct nothing nothing;
    return call_inventory_count(rq, &both, &nothing);
}

HANDLER(admin_variant_change, variant_patch, admin_product)
{
    struct renamed renamed;
    enum err err = variant_change_step(rq, in, &renamed);
    if (err == ERR_OK && renamed.tracked && !str_equal(renamed.old_sku, renamed.new_sku))
        err = move_stock(rq, &renamed);
    return err == ERR_OK
               ? admin_product_read(rq, &(struct product_id){.id = renamed.product_id}, out)
               : err;
}

HANDLER(admin_variant_delete, variant_id, nothing)
{
    struct owned_variant owned = {0};
    enum err err = read_owned(rq, &in->id, 0, &owned);
    if (err != ERR_OK)
        return err;
    if (owned.parts.variants.count == 1)
        return fail(rq, ERR_CONFLICT, "a product keeps at least one variant; archive the product");
    err = variant_delete(rq, &in->id);
    return err == ERR_OK ? product_touch(rq, &owned.parts.product->id) : err;
}

static enum err check_prices(struct rq *rq, const struct prices_put *in)
{
    struct shop_money money;
    enum err err = shop_money_read(rq, &money);
    if (err != ERR_OK)
        return err;
    bool has_own = false;
    for (size_t i = 0; i < in->prices.count; i++) {
        const char *currency = in->prices.items[i].currency;
        const char *path = arena_printf(rq->arena, "prices.%zu.currency", i);
        has_own = has_own || str_equal(currency, money.currency);
        if (!shop_money_has(&money, currency))
            return fail_field(rq, path, "is not one of the shop's currencies");
        for (size_t j = 0; j < i; j++)
            if (str_equal(in->prices.items[j].currency, currency))
                return fail_field(rq, path, "stands there twice");
    }
    return has_own ? ERR_OK : fail_field(rq, "prices", "must have one in %s", money.currency);
}

STEP(prices_put_step, prices_put, renamed)
{
    struct owned_variant owned = {0};
    enum err err = check_prices(rq, in);
    if (err == ERR_OK)
        err = read_owned(rq, &in->id, 0, &owned);
    if (err == ERR_OK)
        err = prices_delete(rq, &in->id);
    for (size_t i = 0; err == ERR_OK && i < in->prices.count; i++) {
        struct price_row row = {.variant_id = in->id};
        shape_patch(&price_row_shape, &row, &price_document_shape, &in->prices.items[i]);
        err = price_store(rq, &row);
    }
    if (err != ERR_OK)
        return err;
    out->product_id = owned.parts.product->id;
    return product_touch(rq, &out->product_id);
}

HANDLER(admin_prices_put, prices_put, admin_product)
{
    struct renamed done;
    enum err err = prices_put_step(rq, in, &done);
    return err == ERR_OK ? admin_product_read(rq, &(struct product_id){.id = done.product_id}, out)
                         : err;
}

static const struct route variant_admin_routes[] = {
    {HTTP_POST, "/api/v1/admin/products/{id}/variants", &admin_variant_create_handler, 201,
     ROLE_CATALOG, "Add a variant to a product.", ROUTE_CONDUCTS},
    {HTTP_PATCH, "/api/v1/admin/variants/{id}", &admin_variant_change_handler, 200, ROLE_CATALOG,
     "Change a variant.", ROUTE_CONDUCTS},
    {HTTP_DELETE, "/api/v1/admin/variants/{id}", &admin_variant_delete_handler, 204, ROLE_CATALOG,
     "Take a variant away; orders keep it."},
    {HTTP_PUT, "/api/v1/admin/variants/{id}/prices", &admin_prices_put_handler, 200, ROLE_CATALOG,
     "Set the prices of a variant in all currencies.", ROUTE_CONDUCTS},
};
ROUTES(product, variant_admin_routes);
