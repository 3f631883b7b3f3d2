// What must hold in the catalogue. How audits are run: app/audit.h.
//
// These are rules which no constraint of the schema can say, because they span rows; all of them
// are kept by put.c and admin_*.c. What it finds is a fault of the program or of somebody's SQL.
#include "app/audit_sql.h"

#include <unistd.h>

#include "app/app.h"
#include "app/declare.h"
#include "core/uuid.h"
#include "services/product/catalogue.h"
#include "services/product/category.h"
#include "services/product/media.h"

static void audit_variants(struct audit *audit, const struct parts *parts)
{
    const char *handle = parts->product->handle;
    if (parts->variants.count == 0)
        audit_violation(audit, "product %s has no variant", handle);
    for (size_t i = 0; i < parts->variants.count; i++) {
        const struct variant_row *row = &parts->variants.items[i];
        if (row->options.count != parts->product->options.count)
            audit_violation(audit,
                            "variant %s of %s has %zu option values, its product %zu options",
                            row->sku, handle, row->options.count, parts->product->options.count);
        for (size_t j = 0; j < i; j++)
            if (text_lists_equal(&row->options, &parts->variants.items[j].options))
                audit_violation(audit, "variants %s and %s of %s have the same options",
                                parts->variants.items[j].sku, row->sku, handle);
        if (!uuid_empty(&row->image_id) && parts_image(parts, &row->image_id) == NULL)
            audit_violation(audit, "variant %s shows a picture of another product", row->sku);
    }
}

static void audit_pictures(struct rq *rq, struct audit *audit, const struct parts *parts)
{
    for (size_t i = 0; i < parts->images.count; i++) {
        const struct image_row *row = &parts->images.items[i];
        if (row->media == NULL)
            continue;
        const char *path = media_path(rq->arena, row->media, row->width);
        if (access(arena_printf(rq->arena, "%s/%s", rq->app->media_dir, path), R_OK) != 0)
            audit_violation(audit, "picture %s of %s is not in the media folder", path,
                            parts->product->handle);
    }
}

QUERY_AUDIT(
    product_keys,
    "SELECT 'the key of product ' || k.id || ' says ' || k.handle || ' in ' || k.category_id"
    " || '; the product is ' || COALESCE(p.handle || ' in ' || p.category_id, 'not there')"
    " AS sentence FROM product_key k LEFT JOIN product p ON p.id = k.id"
    " WHERE p.id IS NULL OR p.handle <> k.handle OR p.category_id <> k.category_id");

QUERY_AUDIT(
    product_places,
    "SELECT 'product ' || f.handle || ' lies in category ' || f.lies || ' and is filed under ' ||"
    " f.first AS sentence FROM (SELECT k.handle, k.category_id || '' AS lies,"
    " COALESCE((SELECT c.category_id || '' FROM product_category c WHERE c.product_id = k.id"
    " ORDER BY c.position, c.category_id LIMIT 1), '00000000-0000-0000-0000-000000000000')"
    " AS first FROM product_key k) f WHERE f.lies <> f.first");

static enum err audit_categories(struct rq *rq, struct audit *audit)
{
    struct category_tree *tree;
    size_t rows;
    enum err err = category_tree_read(rq, &tree);
    if (err == ERR_OK)
        err = category_count_rows(rq, &rows);
    if (err == ERR_OK && rows != tree->count)
        audit_violation(audit, "%zu of %zu categories hang in a ring", rows - tree->count, rows);
    return err;
}

static enum err audit_catalogue(struct rq *rq, struct audit *audit)
{
    struct id_range range = {.until = uuid_nil};
    enum err err = audit_categories(rq, audit);
    while (err == ERR_OK) {
        struct catalogue catalogue;
        struct parts parts;
        struct uuid after = range.until;
        err = catalogue_batch(rq, &after, &range);
        if (err == ERR_OK)
            err = catalogue_read(rq, &range, &catalogue);
        while (err == ERR_OK && catalogue_next(&catalogue, &parts)) {
            audit_variants(audit, &parts);
            audit_pictures(rq, audit, &parts);
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
AUDIT(catalogue, audit_catalogue);
