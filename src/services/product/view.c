// Making what shoppers see. Contract in view.h.
//
// Everything that shows a product goes through here: the read model, its page, its API. What is
// public is decided once: the product's state, and a price in the currency; a variant without one
// is not for sale in it and is left out. `html` is cleaned when it is shown and not when it is
// stored, so that the rules can become stricter for what is there.
#include "services/product/view.h"

#include <stdlib.h>
#include <string.h>

#include "core/html.h"
#include "core/str.h"
#include "core/uuid.h"
#include "services/product/media.h"

static int by_sku(const void *a, const void *b)
{
    const struct stock_level *left = a, *right = b;
    return strcmp(left->sku, right->sku);
}

const struct stock_level *view_level(const struct stock_level_list *levels, const char *sku)
{
    struct stock_level key = {.sku = sku};
    if (levels->count == 0)
        return NULL;
    return bsearch(&key, levels->items, levels->count, sizeof key, by_sku);
}

// The inventory is asked for as many SKUs at once as it takes.
static enum err read_some(struct rq *rq, const struct text_list *skus, struct stock_level_list *out)
{
    struct stock_query query = {.sku = *skus};
    struct stock_levels levels = {0};
    enum err err = call_inventory_levels(rq, &query, &levels);
    if (err != ERR_OK || levels.items.count == 0)
        return err;
    memcpy(out->items + out->count, levels.items.items, levels.items.count * sizeof *out->items);
    out->count += levels.items.count;
    return ERR_OK;
}

enum err view_levels(struct rq *rq, const struct variant_row_list *variants,
                     struct stock_level_list *out)
{
    struct text_list skus = {.items = ARENA_ARRAY(rq->arena, const char *, STOCK_SKUS_MAX)};
    *out = (struct stock_level_list){
        .items = ARENA_ARRAY(rq->arena, struct stock_level, variants->count)};
    for (size_t i = 0; i < variants->count; i++) {
        if (variants->items[i].tracked)
            skus.items[skus.count++] = variants->items[i].sku;
        bool last = i + 1 == variants->count;
        if (skus.count == 0 || (skus.count < STOCK_SKUS_MAX && !last))
            continue;
        enum err err = read_some(rq, &skus, out);
        if (err != ERR_OK)
            return err;
        skus.count = 0;
    }
    qsort(out->items, out->count, sizeof *out->items, by_sku);
    return ERR_OK;
}

struct image view_image(struct arena *arena, const struct image_row *row)
{
    struct image image = {.id = row->id, .url = row->url, .alt = row->alt};
    if (IS_SET(row, image_row, width) && IS_SET(row, image_row, height)) {
        SET(&image, image, width, row->width);
        SET(&image, image, height, row->height);
    }
    if (row->media == NULL)
        return image;
    i64 widths[MEDIA_WIDTHS_MAX];
    size_t count = media_widths(row->width, widths);
    image.sources.items = ARENA_ARRAY(arena, struct image_source, count);
    image.sources.count = count;
    for (size_t i = 0; i < count; i++)
        image.sources.items[i] = (struct image_source){
            .url = arena_printf(arena, "/media/%s", media_path(arena, row->media, widths[i])),
            .width = widths[i],
        };
    image.url = image.sources.items[count - 1].url;
    return image;
}

const char *view_variant_title(struct arena *arena, const struct variant_row *variant)
{
    struct buf title = buf_in(arena);
    for (size_t i = 0; i < variant->options.count; i++)
        buf_printf(&title, "%s%s", i > 0 ? " / " : "", variant->options.items[i]);
    return title.at;
}

static void view_stock(const struct view *view, const struct variant_row *row, struct variant *out)
{
    out->backorder = row->tracked && row->policy == stock_policy_continue;
    if (!row->tracked || view->levels == NULL)
        return;
    const struct stock_level *level = view_level(view->levels, row->sku);
    // Counted but unknown to the inventory: never counted, so there are none.
    SET(out, variant, available, level != NULL ? level->available : 0);
}

static bool view_variant(struct arena *arena, const struct view *view, const struct parts *parts,
                         const struct variant_row *row, struct variant *out)
{
    const struct price_row *price = parts_price(parts, &row->id, view->currency);
    if (price == NULL)
        return false;
    const char *title = view_variant_title(arena, row);
    *out = (struct variant){
        .id = row->id,
        .sku = row->sku,
        .title = title != NULL ? title : "Default",
        .barcode = row->barcode,
        .price_minor = price->price_minor,
        .currency = view->currency,
        .requires_shipping = row->requires_shipping,
    };
    if (IS_SET(price, price_row, compare_at_minor) && price->compare_at_minor > price->price_minor)
        SET(out, variant, compare_at_minor, price->compare_at_minor);
    if (IS_SET(row, variant_row, weight_g))
        SET(out, variant, weight_g, row->weight_g);
    view_stock(view, row, out);
    const struct text_list *names = &parts->product->options;
    out->options.items = ARENA_ARRAY(arena, struct option_value, row->options.count);
    for (size_t i = 0; i < row->options.count && i < names->count; i++)
        out->options.items[out->options.count++] =
            (struct option_value){.name = names->items[i], .value = row->options.items[i]};
    const struct image_row *image = parts_image(parts, &row->image_id);
    if (image != NULL) {
        out->image = ARENA_NEW(arena, struct image);
        *out->image = view_image(arena, image);
    }
    return true;
}

static void view_options(struct arena *arena, const struct product_row *row, struct product *out)
{
    out->options.items = ARENA_ARRAY(arena, struct product_option, row->options.count);
    out->options.count = row->options.count;
    for (size_t i = 0; i < row->options.count; i++) {
        struct product_option *option = &out->options.items[i];
        option->name = row->options.items[i];
        for (size_t j = 0; j < out->variants.count; j++) {
            const struct option_value_list *values = &out->variants.items[j].options;
            if (i < values->count && !text_list_has(&option->values, values->items[i].value))
                text_list_add(arena, &option->values, values->items[i].value);
        }
    }
}

static bool sells(const struct variant *variant)
{
    return !IS_SET(variant, variant, available) || variant->available > 0 || variant->backorder;
}

// The prices and the stock of the whole, out of its variants.
static void view_sums(struct product *out)
{
    // The price and the struck-through price are of one variant: a mixture of two would be a
    // discount that nobody gets.
    const struct variant *cheapest = &out->variants.items[0];
    out->price_max_minor = cheapest->price_minor;
    for (size_t i = 0; i < out->variants.count; i++) {
        const struct variant *variant = &out->variants.items[i];
        if (variant->price_minor < cheapest->price_minor)
            cheapest = variant;
        out->price_max_minor = max_i64(out->price_max_minor, variant->price_minor);
        out->in_stock = out->in_stock || sells(variant);
    }
    out->price_minor = cheapest->price_minor;
    if (IS_SET(cheapest, variant, compare_at_minor))
        SET(out, product, compare_at_minor, cheapest->compare_at_minor);
}

static void view_lists(struct arena *arena, const struct view *view, const struct parts *parts,
                       struct product *out)
{
    out->images.items = ARENA_ARRAY(arena, struct image, parts->images.count);
    for (size_t i = 0; i < parts->images.count; i++)
        out->images.items[out->images.count++] = view_image(arena, &parts->images.items[i]);
    out->categories.items = ARENA_ARRAY(arena, struct product_category, parts->categories.count);
    for (size_t i = 0; i < parts->categories.count; i++) {
        const struct category_node *node =
            category_by_id(view->tree, &parts->categories.items[i].category_id);
        if (node != NULL)
            out->categories.items[out->categories.count++] = (struct product_category){
                .handle = node->row->handle, .title = node->row->title, .path = node->path};
    }
    out->attributes.items = ARENA_ARRAY(arena, struct product_attribute, parts->attributes.count);
    for (size_t i = 0; i < parts->attributes.count; i++) {
        const struct attribute_row *row = &parts->attributes.items[i];
        out->attributes.items[out->attributes.count++] = (struct product_attribute){
            .code = row->code, .label = row->label, .kind = row->kind, .value = row->value};
    }
}

bool view_is_public(const struct parts *parts)
{
    return parts->product->status == product_status_active && parts->product->published;
}

bool view_product(struct arena *arena, const struct view *view, const struct parts *parts,
                  struct product *out)
{
    const struct product_row *row = parts->product;
    if (!view_is_public(parts))
        return false;
    *out = (struct product){
        .id = row->id,
        .handle = row->handle,
        .title = row->title,
        .brand = row->brand,
        .type = row->type,
        .tags = row->tags,
        .status = row->status,
        .currency = view->currency,
        .seo_title = row->seo_title,
        .seo_description = row->seo_description,
        .updated_at = row->updated_at,
    };
    if (view->with_description)
        out->description_html = html_clean(arena, row->description_html);
    if (IS_SET(row, product_row, published_at))
        SET(out, product, published_at, row->published_at);
    out->variants.items = ARENA_ARRAY(arena, struct variant, parts->variants.count);
    for (size_t i = 0; i < parts->variants.count; i++) {
        struct variant *variant = &out->variants.items[out->variants.count];
        out->variants.count += view_variant(arena, view, parts, &parts->variants.items[i], variant);
    }
    if (out->variants.count == 0)
        return false;
    view_options(arena, row, out);
    view_sums(out);
    view_lists(arena, view, parts, out);
    return true;
}
