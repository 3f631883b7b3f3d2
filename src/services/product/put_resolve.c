// Settling what a document leaves open: SKUs, prices of other currencies, pictures, attributes.
//
// All of it is made so that the same document gives the same answer again, or a file that is taken
// in twice would change the shop each time: a made SKU depends on handle and options alone, a
// number that was put behind one is found again, prices are sorted as they are read back, pictures
// go by the name under which they are compared.
#include <string.h>

#include "core/str.h"
#include "core/uuid.h"
#include "services/product/import.h"
#include "services/product/put_work.h"

#define SKU_KEY(F, S) F(S, text, sku, .doc = "Of a variant.")
SHAPE(sku_key, SKU_KEY);
#define VARIANT_KEY(F, S) F(S, uuid, id, .doc = "Of a variant.")
SHAPE(variant_key, VARIANT_KEY);

QUERY_ROW(variant_by_sku, sku_key, variant_key, "SELECT id FROM variant WHERE sku = :sku");

static void note(const struct put *put, const char *column, const char *sentence)
{
    if (put->settings->note != NULL)
        put->settings->note(put->settings->context, column, sentence);
}

struct document_form put_form(const struct put *put)
{
    return (struct document_form){.tree = put->settings->tree,
                                  .currency = put->settings->currency,
                                  .public_url = put->settings->public_url};
}

const struct image_row *put_image(const struct put *put, const char *name)
{
    struct document_form here = put_form(put), elsewhere = here;
    elsewhere.for_export = true;
    for (size_t i = 0; put->exists && i < put->parts.images.count; i++) {
        const struct image_row *row = &put->parts.images.items[i];
        if (str_equal(name, image_name(put->arena, &here, row)) ||
            str_equal(name, image_name(put->arena, &elsewhere, row)))
            return row;
    }
    return NULL;
}

// The options are a variant's identity, not its SKU: other shops' files change SKUs, or have none.
// So a variant whose SKU changes keeps its id, its stock and its place.
static const struct variant_row *stored_variant(const struct put *put,
                                                const struct text_list *options)
{
    for (size_t i = 0; put->exists && i < put->parts.variants.count; i++)
        if (text_lists_equal(&put->parts.variants.items[i].options, options))
            return &put->parts.variants.items[i];
    return NULL;
}

// "OAK-STOOL-45-CM": for variants that come without a SKU.
static const char *made_sku(const struct put *put, const struct variant_document *variant)
{
    struct buf sku = buf_in(put->arena);
    buf_text(&sku, put->document.handle);
    for (size_t i = 0; i < variant->options.count; i++)
        buf_printf(&sku, "-%s", import_handle(put->arena, variant->options.items[i]));
    // 240 of the 255 that an SKU may have: number_sku needs room behind it.
    char *text = arena_text_n(put->arena, sku.at, sku.length < 240 ? sku.length : 240);
    for (char *c = text; *c != '\0'; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    return text;
}

// True when another variant than `own` has the SKU, stored or earlier in the document.
static enum err sku_taken(const struct put *put, const char *sku, const struct variant_row *own,
                          size_t before, bool *taken)
{
    struct sku_key key = {.sku = sku};
    struct variant_key holder = {0};
    *taken = false;
    for (size_t i = 0; i < before; i++)
        // Those before it have been settled already and are not in the database yet.
        *taken = *taken || str_equal(put->document.variants.items[i].sku, sku);
    enum err err = *taken ? ERR_NOT_FOUND : variant_by_sku(put->rq, &key, &holder);
    if (err == ERR_OK)
        *taken = own == NULL || !uuid_equal(&own->id, &holder.id);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static bool numbered_after(const char *sku, const char *stem)
{
    size_t length = strlen(stem);
    return strncmp(sku, stem, length) == 0 && sku[length] == '-' && sku[length + 1] != '\0' &&
           sku[length + 1 + strspn(sku + length + 1, "0123456789")] == '\0';
}

// An SKU that is in use gets a number behind it, the same one each time the file is imported.
static enum err number_sku(struct put *put, size_t at, const char *sku,
                           const struct variant_row *own)
{
    struct variant_document *variant = &put->document.variants.items[at];
    if (own != NULL && numbered_after(own->sku, sku)) {
        SET(variant, variant_document, sku, own->sku);
        return ERR_OK;
    }
    bool taken = true;
    const char *numbered = sku;
    for (int n = 2; taken; n++) {
        numbered = arena_printf(put->arena, "%s-%d", sku, n);
        enum err err = sku_taken(put, numbered, own, at, &taken);
        if (err != ERR_OK)
            return err;
    }
    if (variant->sku != NULL)
        note(put, "SKU",
             arena_printf(put->arena, "'%s' is in use by another variant; this one is '%s'", sku,
                          numbered));
    SET(variant, variant_document, sku, numbered);
    return ERR_OK;
}

static enum err resolve_sku(struct put *put, size_t at)
{
    struct variant_document *variant = &put->document.variants.items[at];
    const struct variant_row *own = put->same[at];
    bool given = variant->sku != NULL, taken;
    const char *sku = given ? variant->sku : own != NULL ? own->sku : made_sku(put, variant);
    // A variant that keeps its SKU needs no look: the index is UNIQUE. This spares a file that is
    // taken in again one query a variant.
    if (own == NULL || !str_equal(own->sku, sku)) {
        enum err err = sku_taken(put, sku, own, at, &taken);
        if (err != ERR_OK)
            return err;
        if (taken && given && put->settings->mode != PUT_IMPORT) {
            problem_field(&put->rq->problem, arena_printf(put->arena, "variants.%zu.sku", at),
                          "'%s' is in use", sku);
            return ERR_CONFLICT;
        }
        if (taken)
            return number_sku(put, at, sku, own);
    }
    SET(variant, variant_document, sku, sku);
    return ERR_OK;
}

// Prices of currencies that the document does not speak of stay; sorted, as they are read back.
static void resolve_prices(struct put *put, size_t at, const struct product_document *before)
{
    struct variant_document *variant = &put->document.variants.items[at];
    if (!IS_SET(variant, variant_document, prices))
        return;
    struct price_document_list own = variant->prices, none = {0};
    const struct price_document_list *old = &none;
    for (size_t i = 0; put->same[at] != NULL && i < before->variants.count; i++)
        if (text_lists_equal(&before->variants.items[i].options, &variant->options))
            old = &before->variants.items[i].prices;
    struct price_document_list all = {
        .items = ARENA_ARRAY(put->arena, struct price_document, own.count + old->count)};
    memcpy(all.items, own.items, own.count * sizeof *own.items);
    all.count = own.count;
    for (size_t i = 0; i < old->count; i++) {
        bool spoken_of = false;
        for (size_t j = 0; j < own.count; j++)
            spoken_of = spoken_of || str_equal(own.items[j].currency, old->items[i].currency);
        if (!spoken_of)
            all.items[all.count++] = old->items[i];
    }
    for (size_t i = 1; i < all.count; i++) {
        struct price_document price = all.items[i];
        size_t j = i;
        for (; j > 0 && strcmp(all.items[j - 1].currency, price.currency) > 0; j--)
            all.items[j] = all.items[j - 1];
        all.items[j] = price;
    }
    variant->prices = all;
}

// Pictures that are here already go by the name that is compared; uploaded ones need no mention.
static enum err resolve_images(struct put *put)
{
    struct image_document_list *list = &put->document.images;
    struct image_document_list kept = {
        .items = ARENA_ARRAY(put->arena, struct image_document, list->count)};
    struct document_form form = put_form(put);
    for (size_t i = 0; i < list->count; i++) {
        struct image_document image = list->items[i];
        const struct image_row *row = put_image(put, image.url);
        bool stored = row != NULL;
        for (size_t j = 0; j < put->settings->stored_count; j++)
            stored = stored || str_equal(put->settings->stored[j].source, image.url);
        bool web = str_starts(image.url, "https://") || str_starts(image.url, "http://");
        if (!stored && !web)
            return fail_field(put->rq, arena_printf(put->arena, "images.%zu.url", i),
                              "must be a web address");
        if (row != NULL && image_uploaded(row))
            continue;
        if (row != NULL)
            image.url = image_name(put->arena, &form, row);
        kept.items[kept.count++] = image;
    }
    *list = kept;
    for (size_t i = 0; i < put->document.variants.count; i++) {
        struct variant_document *variant = &put->document.variants.items[i];
        const struct image_row *row =
            variant->image != NULL ? put_image(put, variant->image) : NULL;
        if (row != NULL)
            variant->image = image_name(put->arena, &form, row);
    }
    return ERR_OK;
}

// The attribute as the product has it; NULL when it does not.
static const struct attribute_row *stored_attribute(const struct put *put, const char *code)
{
    for (size_t i = 0; put->exists && i < put->parts.attributes.count; i++)
        if (str_equal(put->parts.attributes.items[i].code, code))
            return &put->parts.attributes.items[i];
    return NULL;
}

// An attribute keeps the kind that it has when the document does not say one.
static void resolve_attributes(struct put *put)
{
    struct attribute_document_list *list = &put->document.attributes;
    for (size_t i = 0; i < list->count; i++) {
        struct attribute_document *attribute = &list->items[i];
        if (IS_SET(attribute, attribute_document, kind))
            continue;
        const struct attribute_row *stored = stored_attribute(put, attribute->code);
        SET(attribute, attribute_document, kind,
            stored != NULL ? stored->kind : attribute_kind_text);
    }
}

static i64 attribute_place(const struct put *put, const struct attribute_document *attribute)
{
    const struct attribute_row *stored = stored_attribute(put, attribute->code);
    return stored != NULL ? stored->position : INT64_MAX;
}

// A file has its attributes in the order of its columns, which is the same for all products and
// says nothing of the order within one: known ones stay in theirs, new ones come behind them.
static void keep_attribute_order(struct put *put)
{
    struct attribute_document_list *list = &put->document.attributes;
    for (size_t i = 1; i < list->count; i++) {
        struct attribute_document moved = list->items[i];
        i64 place = attribute_place(put, &moved);
        size_t at = i;
        for (; at > 0 && attribute_place(put, &list->items[at - 1]) > place; at--)
            list->items[at] = list->items[at - 1];
        list->items[at] = moved;
    }
}

static enum err resolve_variants(struct put *put, const struct product_document *before)
{
    struct variant_document_list *list = &put->document.variants;
    struct variant_document *copy = ARENA_ARRAY(put->arena, struct variant_document, list->count);
    if (list->count > 0)
        memcpy(copy, list->items, list->count * sizeof *copy);
    list->items = copy;
    put->same = ARENA_ARRAY(put->arena, const struct variant_row *, list->count);
    for (size_t i = 0; i < list->count; i++) {
        put->same[i] = stored_variant(put, &list->items[i].options);
        enum err err = resolve_sku(put, i);
        if (err != ERR_OK)
            return err;
        resolve_prices(put, i, before);
    }
    return ERR_OK;
}

// A blank cell empties what may be empty; the rest keeps its value.
static u64 clearable(const struct shape *shape, const struct shape *row_shape, u64 cleared)
{
    for (size_t i = 0; i < shape->count; i++) {
        int position = shape_find(row_shape, shape->fields[i].name);
        if (position >= 0 && !row_shape->fields[position].optional)
            cleared &= ~(UINT64_C(1) << i);
    }
    return cleared;
}

static void resolve_cleared(struct put *put)
{
    struct product_document *document = &put->document;
    const u64 never =
        UINT64_C(1) << variant_document_at_price_minor | UINT64_C(1) << variant_document_at_stock;
    document->cleared = clearable(&product_document_shape, &product_row_shape, document->cleared);
    for (size_t i = 0; i < document->variants.count; i++) {
        struct variant_document *variant = &document->variants.items[i];
        variant->cleared =
            clearable(&variant_document_shape, &variant_row_shape, variant->cleared) & ~never;
    }
}

enum err put_resolve(struct put *put, const struct product_document *before)
{
    struct attribute_document *attributes =
        ARENA_ARRAY(put->arena, struct attribute_document, put->document.attributes.count);
    if (put->document.attributes.count > 0)
        memcpy(attributes, put->document.attributes.items,
               put->document.attributes.count * sizeof *attributes);
    put->document.attributes.items = attributes;
    resolve_attributes(put);
    if (put->exists && put->settings->mode == PUT_IMPORT)
        keep_attribute_order(put);
    enum err err = resolve_variants(put, before);
    resolve_cleared(put);
    return err == ERR_OK ? resolve_images(put) : err;
}
