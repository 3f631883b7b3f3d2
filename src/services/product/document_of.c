// A stored product as a document. Contract in put.h.
//
// A picture's name is what an import is compared by and an export is read by, and they want
// different ones. The address that a picture came from stays its name after it was fetched, or the
// next import of the file would add it again. A file's name means nothing elsewhere, so an export
// gives the shop's own address instead.
#include <string.h>

#include "core/str.h"
#include "core/uuid.h"
#include "services/product/media.h"
#include "services/product/put.h"

bool image_uploaded(const struct image_row *image)
{
    return image->media != NULL && image->source == NULL;
}

const char *image_name(struct arena *arena, const struct document_form *form,
                       const struct image_row *image)
{
    bool elsewhere = image->source != NULL && (str_starts(image->source, "https://") ||
                                               str_starts(image->source, "http://"));
    if (image->source != NULL && (elsewhere || !form->for_export))
        return image->source;
    if (image->url != NULL)
        return image->url;
    const char *path = media_path(arena, image->media, image->width);
    return arena_printf(arena, "%s/media/%s", form->public_url, path);
}

static void write_images(struct arena *arena, const struct document_form *form,
                         const struct parts *parts, struct product_document *out)
{
    out->images.items = ARENA_ARRAY(arena, struct image_document, parts->images.count);
    for (size_t i = 0; i < parts->images.count; i++) {
        const struct image_row *row = &parts->images.items[i];
        if (image_uploaded(row) && !form->for_export)
            continue;
        struct image_document *image = &out->images.items[out->images.count++];
        SET(image, image_document, url, image_name(arena, form, row));
        SET(image, image_document, alt, row->alt);
    }
}

static void write_prices(struct arena *arena, const struct document_form *form,
                         const struct parts *parts, const struct variant_row *row,
                         struct variant_document *out)
{
    out->prices.items = ARENA_ARRAY(arena, struct price_document, parts->prices.count);
    for (size_t i = 0; i < parts->prices.count; i++) {
        const struct price_row *price = &parts->prices.items[i];
        if (!uuid_equal(&price->variant_id, &row->id))
            continue;
        bool has_compare_at = IS_SET(price, price_row, compare_at_minor);
        if (strcmp(price->currency, form->currency) == 0) {
            SET(out, variant_document, price_minor, price->price_minor);
            if (has_compare_at)
                SET(out, variant_document, compare_at_minor, price->compare_at_minor);
            continue;
        }
        struct price_document *other = &out->prices.items[out->prices.count++];
        SET(other, price_document, currency, price->currency);
        SET(other, price_document, price_minor, price->price_minor);
        if (has_compare_at)
            SET(other, price_document, compare_at_minor, price->compare_at_minor);
    }
    out->set |= UINT64_C(1) << variant_document_at_prices;
}

static void write_variant(struct arena *arena, const struct document_form *form,
                          const struct parts *parts, const struct variant_row *row,
                          struct variant_document *out)
{
    SET(out, variant_document, sku, row->sku);
    SET(out, variant_document, barcode, row->barcode);
    SET(out, variant_document, options, row->options);
    SET(out, variant_document, tracked, row->tracked);
    SET(out, variant_document, policy, row->policy);
    SET(out, variant_document, taxable, row->taxable);
    SET(out, variant_document, tax_class, row->tax_class);
    SET(out, variant_document, requires_shipping, row->requires_shipping);
    SET(out, variant_document, extra, row->extra);
    if (IS_SET(row, variant_row, cost_minor))
        SET(out, variant_document, cost_minor, row->cost_minor);
    if (IS_SET(row, variant_row, weight_g))
        SET(out, variant_document, weight_g, row->weight_g);
    if (row->tracked && IS_SET(row, variant_row, stock_imported))
        SET(out, variant_document, stock, row->stock_imported);
    const struct image_row *image = parts_image(parts, &row->image_id);
    if (image != NULL)
        SET(out, variant_document, image, image_name(arena, form, image));
    write_prices(arena, form, parts, row, out);
}

static void write_attributes(struct arena *arena, const struct parts *parts,
                             struct product_document *out)
{
    size_t count = parts->attributes.count;
    out->attributes.items = ARENA_ARRAY(arena, struct attribute_document, count);
    out->attributes.count = count;
    for (size_t i = 0; i < count; i++) {
        const struct attribute_row *row = &parts->attributes.items[i];
        struct attribute_document *attribute = &out->attributes.items[i];
        SET(attribute, attribute_document, code, row->code);
        SET(attribute, attribute_document, label, row->label);
        SET(attribute, attribute_document, kind, row->kind);
        SET(attribute, attribute_document, value, row->value);
    }
}

void document_of_parts(struct arena *arena, const struct document_form *form,
                       const struct parts *parts, struct product_document *out)
{
    *out = (struct product_document){0};
    struct product_row product = *parts->product;
    product.set = ~UINT64_C(0);
    product.cleared = 0;
    shape_patch(&product_document_shape, out, &product_row_shape, &product);
    out->variants.items = ARENA_ARRAY(arena, struct variant_document, parts->variants.count);
    out->variants.count = parts->variants.count;
    for (size_t i = 0; i < parts->variants.count; i++)
        write_variant(arena, form, parts, &parts->variants.items[i], &out->variants.items[i]);
    write_images(arena, form, parts, out);
    for (size_t i = 0; i < parts->categories.count; i++) {
        const struct uuid *id = &parts->categories.items[i].category_id;
        const struct category_node *node = category_by_id(form->tree, id);
        if (node != NULL)
            text_list_add(arena, &out->categories, node->path);
    }
    write_attributes(arena, parts, out);
    out->set = (UINT64_C(1) << product_document_field_count) - 1;
}
