// Writing the rows of a product. Contract in put_work.h.
//
// The product's row goes first, for the others refer to it, and pictures before variants, which
// show them. Rows keep their ids wherever something can be recognised (a picture by its name, a
// variant by its options): carts, orders and bookmarks hold them. What is only a list, categories
// and attributes, is written anew.
//
// Stock is not written here. It belongs to the inventory, and a call to it inside this transaction
// would keep that open while another service works, so the counts that are due leave in the outcome
// and stock.c hands them over afterwards. `stock_imported` is set once that has been done: should
// the program die between, the next import of the file finds that it is still due.
#include <string.h>

#include "core/str.h"
#include "core/uuid.h"
#include "services/product/put_work.h"

// Ids and handles are one in the whole shop by the constraints of product_key.
QUERY_RUN(product_key_insert, product_row,
          "INSERT INTO product_key (id, handle, category_id) VALUES (:id, :handle, :category_id)");
QUERY_RUN(product_key_update, product_row,
          "UPDATE product_key SET handle = :handle, category_id = :category_id WHERE id = :id"
          " AND (handle <> :handle OR category_id <> :category_id)");
QUERY_RUN(
    product_insert, product_row,
    "INSERT INTO product (id, handle, category_id, title, description_html, brand, type, tags,"
    " options, status, published, gift_card, seo_title, seo_description, popularity, extra,"
    " version, changed, published_at, created_at, updated_at)"
    " VALUES (:id, :handle, :category_id, :title, :description_html, :brand, :type, :tags,"
    " :options, :status, :published, :gift_card, :seo_title, :seo_description, :popularity,"
    " :extra, 1, :changed, :published_at, :now, :now)");
#define PRODUCT_CHANGED(F, S)                                                                      \
    PRODUCT_ROW(F, S)                                                                              \
    F(S, uuid, was_in, .doc = "Its first category until now.")
SHAPE(product_changed, PRODUCT_CHANGED);
// Another category may mean another partition: PostgreSQL moves the row.
QUERY_RUN(product_update, product_changed,
          "UPDATE product SET handle = :handle, category_id = :category_id, title = :title,"
          " description_html = :description_html,"
          " brand = :brand, type = :type, tags = :tags, options = :options, status = :status,"
          " published = :published, gift_card = :gift_card, seo_title = :seo_title,"
          " seo_description = :seo_description, popularity = :popularity, extra = :extra,"
          " version = version + 1, changed = :changed, published_at = :published_at,"
          " updated_at = :now WHERE id = :id AND category_id = :was_in");

QUERY_RUN(image_insert, image_row,
          "INSERT INTO image (id, product_id, position, alt, source, url, media, width, height)"
          " VALUES (:id, :product_id, :position, :alt, :source, :url, :media, :width, :height)");
QUERY_RUN(image_update, image_row,
          "UPDATE image SET position = :position, alt = :alt WHERE id = :id");

QUERY_RUN(
    variant_insert, variant_row,
    "INSERT INTO variant (id, product_id, position, sku, barcode, options, cost_minor, weight_g,"
    " tracked, policy, taxable, tax_class, requires_shipping, image_id, stock_imported, extra)"
    " VALUES (:id, :product_id, :position, :sku, :barcode, :options, :cost_minor, :weight_g,"
    " :tracked, :policy, :taxable, :tax_class, :requires_shipping, :image_id, NULL, :extra)");
QUERY_RUN(variant_update, variant_row,
          "UPDATE variant SET position = :position, sku = :sku, barcode = :barcode,"
          " options = :options, cost_minor = :cost_minor, weight_g = :weight_g, tracked = :tracked,"
          " policy = :policy, taxable = :taxable, tax_class = :tax_class,"
          " requires_shipping = :requires_shipping, image_id = :image_id, extra = :extra"
          " WHERE id = :id");
QUERY_RUN(variant_counted, counted_variant,
          "UPDATE variant SET stock_imported = :stock_imported WHERE id = :id");

#define PART_KEY(F, S) F(S, uuid, id, .doc = "Of a variant or a picture.")
SHAPE(part_key, PART_KEY);

QUERY_RUN(price_put, price_row,
          "INSERT INTO price (variant_id, currency, price_minor, compare_at_minor)"
          " VALUES (:variant_id, :currency, :price_minor, :compare_at_minor)"
          " ON CONFLICT (variant_id, currency) DO UPDATE SET price_minor = excluded.price_minor,"
          " compare_at_minor = excluded.compare_at_minor");
QUERY_RUN(variant_unprice, part_key, "DELETE FROM price WHERE variant_id = :id");
QUERY_RUN(variant_remove, part_key, "DELETE FROM variant WHERE id = :id");
QUERY_RUN(image_unset, part_key, "UPDATE variant SET image_id = NULL WHERE image_id = :id");
QUERY_RUN(image_remove, part_key, "DELETE FROM image WHERE id = :id");

QUERY_RUN(product_categories_delete, product_category_row,
          "DELETE FROM product_category WHERE product_id = :product_id");
QUERY_RUN(product_category_insert, product_category_row,
          "INSERT INTO product_category (product_id, category_id, position)"
          " VALUES (:product_id, :category_id, :position) ON CONFLICT DO NOTHING");
#define PRODUCT_ATTRIBUTE_KEY(F, S) F(S, uuid, product_id, .doc = "Who has it.")
SHAPE(product_attribute_key, PRODUCT_ATTRIBUTE_KEY);
QUERY_RUN(product_attributes_delete, attribute_row,
          "DELETE FROM product_attribute WHERE product_id = :product_id");
QUERY_RUN(attribute_put, attribute_row,
          "INSERT INTO attribute (code, label, kind) VALUES (:code, :label, :kind)"
          " ON CONFLICT (code) DO UPDATE SET label = excluded.label, kind = excluded.kind"
          " WHERE attribute.label <> excluded.label OR attribute.kind <> excluded.kind");
QUERY_ROW(attribute_elsewhere, attribute_row, product_attribute_key,
          "SELECT product_id FROM product_attribute WHERE code = :code"
          " AND product_id <> :product_id LIMIT 1");
QUERY_RUN(product_attribute_insert, attribute_row,
          "INSERT INTO product_attribute (product_id, code, position, value)"
          " VALUES (:product_id, :code, :position, :value) ON CONFLICT DO NOTHING");

enum err price_store(struct rq *rq, const struct price_row *row)
{
    return price_put(rq, row, NULL);
}

enum err prices_delete(struct rq *rq, const struct uuid *variant_id)
{
    return variant_unprice(rq, &(struct part_key){.id = *variant_id}, NULL);
}

enum err variant_delete(struct rq *rq, const struct uuid *id)
{
    enum err err = prices_delete(rq, id);
    return err == ERR_OK ? variant_remove(rq, &(struct part_key){.id = *id}, NULL) : err;
}

enum err image_delete(struct rq *rq, const struct uuid *id)
{
    struct part_key key = {.id = *id};
    enum err err = image_unset(rq, &key, NULL);
    return err == ERR_OK ? image_remove(rq, &key, NULL) : err;
}

// Where the product will lie: under the first of its categories, which may have to be made.
static enum err find_category(struct put *put, struct uuid *category_id)
{
    const struct category_node *node;
    if (!IS_SET(&put->document, product_document, categories))
        return ERR_OK;
    *category_id = uuid_nil;
    if (put->document.categories.count == 0)
        return ERR_OK;
    enum err err =
        category_ensure(put->rq, put->settings->tree, put->document.categories.items[0], &node);
    if (err == ERR_OK)
        *category_id = node->row->id;
    return err;
}

static enum err store_product(struct put *put, const struct product_row *row)
{
    struct product_changed changed = {0};
    enum err err = put->exists ? product_key_update(put->rq, row, NULL)
                               : product_key_insert(put->rq, row, NULL);
    if (err != ERR_OK || !put->exists)
        return err == ERR_OK ? product_insert(put->rq, row, NULL) : err;
    shape_patch(&product_changed_shape, &changed, &product_row_shape, row);
    changed.was_in = put->parts.product->category_id;
    return product_update(put->rq, &changed, NULL);
}

static enum err write_product(struct put *put)
{
    struct product_row row = {.status = put->settings->mode == PUT_CREATE ? product_status_draft
                                                                          : product_status_active,
                              .published = true};
    if (put->exists)
        row = *put->parts.product;
    else {
        row.id = put->out->id;
        row.category_id = uuid_nil;
    }
    shape_patch(&product_row_shape, &row, &product_document_shape, &put->document);
    bool visible = row.status == product_status_active && row.published;
    // The first time only: "newest" must not be what was edited last.
    if (visible && !IS_SET(&row, product_row, published_at))
        SET(&row, product_row, published_at, put->rq->now_ms);
    // Takes the number of the change, and with it the lock on the one row that counts them: from
    // here on until the commit writers of the catalogue go one after another, so numbers are
    // committed in their order and a follower that has seen n misses nothing below it.
    enum err err = catalogue_change(put->rq, &row.changed);
    if (err == ERR_OK)
        err = find_category(put, &row.category_id);
    return err == ERR_OK ? store_product(put, &row) : err;
}

static const struct stored_image *newly_stored(const struct put *put, const char *source)
{
    for (size_t i = 0; i < put->settings->stored_count; i++)
        if (str_equal(put->settings->stored[i].source, source))
            return &put->settings->stored[i];
    return NULL;
}

static enum err insert_image(struct put *put, const struct image_document *image, i64 position,
                             struct uuid *id)
{
    const struct stored_image *stored = newly_stored(put, image->url);
    struct image_row row = {
        .id = uuid_new(), .product_id = put->out->id, .position = position, .alt = image->alt};
    *id = row.id;
    if (stored == NULL) {
        row.url = image->url;
        return image_insert(put->rq, &row, NULL);
    }
    row.source = stored->source;
    row.media = stored->media;
    SET(&row, image_row, width, stored->width);
    SET(&row, image_row, height, stored->height);
    return image_insert(put->rq, &row, NULL);
}

static bool in_document(const struct put *put, const struct image_row *row)
{
    struct document_form form = put_form(put);
    const char *name = image_name(put->arena, &form, row);
    for (size_t i = 0; i < put->document.images.count; i++)
        if (str_equal(put->document.images.items[i].url, name))
            return true;
    return image_uploaded(row);
}

static enum err remove_images(struct put *put)
{
    for (size_t i = 0; put->exists && i < put->parts.images.count; i++) {
        const struct image_row *row = &put->parts.images.items[i];
        if (in_document(put, row))
            continue;
        enum err err = image_delete(put->rq, &row->id);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err write_images(struct put *put)
{
    const struct image_document_list *list = &put->document.images;
    put->image_ids = ARENA_ARRAY(put->arena, struct uuid, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct image_document *image = &list->items[i];
        const struct image_row *row = put_image(put, image->url);
        enum err err;
        if (row == NULL) {
            err = insert_image(put, image, (i64)i, &put->image_ids[i]);
        } else {
            struct image_row changed = *row;
            changed.position = (i64)i;
            changed.alt = image->alt;
            put->image_ids[i] = row->id;
            err = image_update(put->rq, &changed, NULL);
        }
        if (err != ERR_OK)
            return err;
    }
    return IS_SET(&put->document, product_document, images) ? remove_images(put) : ERR_OK;
}

static struct uuid image_id_of(const struct put *put, const char *name)
{
    for (size_t i = 0; i < put->document.images.count; i++)
        if (str_equal(put->document.images.items[i].url, name))
            return put->image_ids[i];
    const struct image_row *row = put_image(put, name);
    return row != NULL ? row->id : (struct uuid){""};
}

static enum err write_price(struct put *put, const struct uuid *variant_id, const char *currency,
                            i64 price_minor, const i64 *compare_at_minor)
{
    struct price_row row = {
        .variant_id = *variant_id, .currency = currency, .price_minor = price_minor};
    if (compare_at_minor != NULL)
        SET(&row, price_row, compare_at_minor, *compare_at_minor);
    return price_store(put->rq, &row);
}

static enum err write_prices(struct put *put, const struct variant_document *variant,
                             const struct uuid *id)
{
    enum err err = ERR_OK;
    if (IS_SET(variant, variant_document, price_minor)) {
        const struct price_row *old =
            put->exists ? parts_price(&put->parts, id, put->settings->currency) : NULL;
        const i64 *compare_at = NULL;
        if (IS_SET(variant, variant_document, compare_at_minor))
            compare_at = &variant->compare_at_minor;
        else if (old != NULL && IS_SET(old, price_row, compare_at_minor) &&
                 !IS_CLEARED(variant, variant_document, compare_at_minor))
            compare_at = &old->compare_at_minor;
        err = write_price(put, id, put->settings->currency, variant->price_minor, compare_at);
    }
    for (size_t i = 0; err == ERR_OK && i < variant->prices.count; i++) {
        const struct price_document *price = &variant->prices.items[i];
        bool has = IS_SET(price, price_document, compare_at_minor);
        err = write_price(put, id, price->currency, price->price_minor,
                          has ? &price->compare_at_minor : NULL);
    }
    return err;
}

// What the inventory has to count: what the file says now and did not say before.
static void add_count(struct put *put, const struct variant_document *variant,
                      const struct variant_row *row, bool renamed)
{
    bool told = row->tracked && IS_SET(variant, variant_document, stock);
    bool known = IS_SET(row, variant_row, stock_imported) && row->stock_imported == variant->stock;
    if (!told || (known && !renamed))
        return;
    struct counted_variant_list *list = &put->out->counts;
    size_t size = sizeof *list->items;
    list->items = arena_grow(put->arena, list->items, list->count * size, (list->count + 1) * size);
    list->items[list->count++] =
        (struct counted_variant){.id = row->id, .sku = row->sku, .stock_imported = variant->stock};
}

// True when remove_images has taken the picture away.
static bool lost_image(const struct put *put, const struct uuid *id)
{
    const struct image_row *image = put->exists ? parts_image(&put->parts, id) : NULL;
    return image != NULL && IS_SET(&put->document, product_document, images) &&
           !in_document(put, image);
}

static enum err write_variant(struct put *put, size_t at)
{
    const struct variant_document *variant = &put->document.variants.items[at];
    const struct variant_row *old = put->same[at];
    struct variant_row row = {
        .id = uuid_new(), .taxable = true, .tax_class = "standard", .requires_shipping = true};
    if (old != NULL)
        row = *old;
    row.product_id = put->out->id;
    // A file lists all its variants in their order; the staff add to those that are there.
    if (old == NULL || put->settings->mode == PUT_IMPORT)
        row.position =
            (i64)(at + (put->settings->mode == PUT_CHANGE ? put->parts.variants.count : 0));
    shape_patch(&variant_row_shape, &row, &variant_document_shape, variant);
    if (variant->image != NULL)
        SET(&row, variant_row, image_id, image_id_of(put, variant->image));
    else if (IS_CLEARED(variant, variant_document, image) || lost_image(put, &row.image_id))
        row.image_id = (struct uuid){""};
    enum err err =
        old != NULL ? variant_update(put->rq, &row, NULL) : variant_insert(put->rq, &row, NULL);
    if (err == ERR_OK)
        err = write_prices(put, variant, &row.id);
    add_count(put, variant, &row, old != NULL && !str_equal(old->sku, row.sku));
    return err;
}

// Stored variants that the document does not name stay, but for those that have values for other
// options than the product has now.
static enum err remove_misfits(struct put *put)
{
    size_t options = put->document.options.count;
    for (size_t i = 0; put->exists && i < put->parts.variants.count; i++) {
        const struct variant_row *row = &put->parts.variants.items[i];
        if (row->options.count == options)
            continue;
        // Stock, carts and orders go by the SKU and are not touched; orders have copied what they
        // need.
        enum err err = variant_delete(put->rq, &row->id);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err write_variants(struct put *put)
{
    enum err err = ERR_OK;
    if (IS_SET(&put->document, product_document, options))
        err = remove_misfits(put);
    for (size_t i = 0; err == ERR_OK && i < put->document.variants.count; i++)
        err = write_variant(put, i);
    return err;
}

static enum err write_categories(struct put *put)
{
    struct product_category_row row = {.product_id = put->out->id};
    enum err err = put->exists ? product_categories_delete(put->rq, &row, NULL) : ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < put->document.categories.count; i++) {
        const struct category_node *node;
        err =
            category_ensure(put->rq, put->settings->tree, put->document.categories.items[i], &node);
        if (err != ERR_OK)
            break;
        row.category_id = node->row->id;
        row.position = (i64)i;
        err = product_category_insert(put->rq, &row, NULL);
    }
    return err;
}

// An attribute's words are those of all products that have it: another label changes them all.
static enum err write_attribute(struct rq *rq, const struct attribute_row *row)
{
    i64 written;
    struct product_attribute_key other;
    enum err err = attribute_put(rq, row, &written);
    if (err != ERR_OK || written == 0)
        return err;
    err = attribute_elsewhere(rq, row, &other);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    return err == ERR_OK ? category_changed(rq) : err;
}

static enum err write_attributes(struct put *put)
{
    struct attribute_row row = {.product_id = put->out->id};
    enum err err = put->exists ? product_attributes_delete(put->rq, &row, NULL) : ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < put->document.attributes.count; i++) {
        const struct attribute_document *attribute = &put->document.attributes.items[i];
        row.code = attribute->code;
        row.label = attribute->label;
        row.kind = attribute->kind;
        row.value = attribute->value;
        row.position = (i64)i;
        err = write_attribute(put->rq, &row);
        if (err == ERR_OK)
            err = product_attribute_insert(put->rq, &row, NULL);
    }
    return err;
}

enum err put_write(struct put *put)
{
    enum err err = write_product(put);
    if (err == ERR_OK)
        err = write_images(put);
    if (err == ERR_OK)
        err = write_variants(put);
    if (err == ERR_OK && IS_SET(&put->document, product_document, categories))
        err = write_categories(put);
    if (err == ERR_OK && IS_SET(&put->document, product_document, attributes))
        err = write_attributes(put);
    return err;
}

enum err product_counted(struct rq *rq, const struct counted_variant_list *counts)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < counts->count; i++)
        err = variant_counted(rq, &counts->items[i], NULL);
    return err;
}
